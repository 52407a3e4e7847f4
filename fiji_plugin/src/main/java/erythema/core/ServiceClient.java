package erythema.core;

import erythema.core.Problem.Canceled;
import erythema.core.Problem.NoService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;

/** Speaks with the erythema service, a request at a time; once cancelled, no more. */
public final class ServiceClient {

  private static final int CONNECT_MS = 5000;
  private static final int ANSWER_MS = 120000;
  private static final int DISCONNECT_MS = 50;

  private final String given;
  private final int answerMs;
  private final Credentials credentials;
  private volatile String address;
  private volatile HttpURLConnection connection;
  private volatile boolean canceled;
  private String fingerprint;
  private volatile CountDownLatch asking = new CountDownLatch(0);

  /**
   * @param address as {@link ServiceAddress#check} gives it; the local service is started where it
   *     does not run
   */
  public ServiceClient(String address) {
    this(address, ANSWER_MS);
  }

  public ServiceClient(String address, int answerMs) {
    this(address, answerMs, Credentials.of(address));
  }

  public ServiceClient(String address, int answerMs, Credentials credentials) {
    given = address;
    this.address = address;
    this.answerMs = answerMs;
    this.credentials = credentials;
  }

  /** Lets the service refuse where its network is no longer that of a fingerprint. */
  public ServiceClient onlyOf(String fingerprint) {
    this.fingerprint = fingerprint;
    return this;
  }

  /**
   * Posts a body and gives the answer.
   *
   * @param path with its query
   * @param type media type of the body
   * @param accept media type of the answer
   * @param subject what the body is to a person, for messages
   * @throws NoService where the address leads to no working erythema service
   * @throws Canceled after {@link #cancel}
   * @throws Problem where the service refuses the body
   */
  public Answer post(String path, String type, Body body, String accept, String subject)
      throws Problem {
    return ask(
        path,
        accept,
        subject,
        () -> {
          ByteArrayOutputStream bytes = body.bytes();
          send(type, bytes.size(), bytes::writeTo);
        });
  }

  /** Posts a body of a known length while it is written; otherwise as {@link #post}. */
  public Answer stream(
      String path, String type, int length, Writing body, String accept, String subject)
      throws Problem {
    return ask(path, accept, subject, () -> send(type, length, body));
  }

  /** Gets what lies at a path, in JSON; its problems are those of {@link #post}. */
  public Answer get(String path, String subject) throws Problem {
    return ask(path, "application/json", subject, this::connect);
  }

  /** Whether the service runs on this computer. */
  boolean isLocal() {
    if (given.equals(ServiceAddress.LOCAL)) {
      return true;
    }
    try {
      return InetAddress.getByName(new URL(address).getHost()).isLoopbackAddress();
    } catch (IOException unknown) {
      return false;
    }
  }

  private interface Sending {
    void send() throws IOException, NoService;
  }

  private Answer ask(String path, String accept, String subject, Sending sending) throws Problem {
    if (given.equals(ServiceAddress.LOCAL)) {
      address = LocalService.address();
    }
    CountDownLatch end = new CountDownLatch(1);
    asking = end;
    try {
      if (canceled) {
        throw new Canceled();
      }
      connection = open(path);
      connection.setRequestProperty("Accept", accept);
      if (fingerprint != null) {
        connection.setRequestProperty("Erythema-Fingerprint", fingerprint);
      }
      sending.send();
      int status = connection.getResponseCode();
      boolean done = status / 100 == 2; // HTTP 201 tells that something is kept
      if (!done || !accept.equals(mediaType())) {
        throw refusal(subject, status);
      }
      try (InputStream in = connection.getInputStream()) {
        return new Answer(Streams.readAll(in), connection.getHeaderField("Erythema-Reactions"));
      }
    } catch (SocketTimeoutException slow) {
      throw new NoService(
          "The service at "
              + address
              + " did not answer within "
              + answerMs / 1000.0
              + " seconds.\n"
              + "If it is not busy, end it and start it again with: erythema serve");
    } catch (IOException broken) {
      throw canceled ? new Canceled() : brokenOff(subject, broken);
    } finally {
      disconnect();
      end.countDown();
    }
  }

  /** What is posted; made on the thread that sends it. */
  public interface Body {
    ByteArrayOutputStream bytes() throws IOException;
  }

  /** Writes what is posted, on the thread that sends it. */
  public interface Writing {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Ends the request; a thread that waits for it gets a Problem. */
  public void cancel() {
    canceled = true;
    try {
      do {
        disconnect(); // between sending and reading, Java connects once more
      } while (!asking.await(DISCONNECT_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void disconnect() {
    HttpURLConnection running = connection;
    if (running != null) {
      running.disconnect();
    }
  }

  static String encode(String text) {
    try {
      return URLEncoder.encode(text, "UTF-8");
    } catch (UnsupportedEncodingException missing) {
      throw new IllegalStateException(missing); // every Java has UTF-8
    }
  }

  private HttpURLConnection open(String path) throws IOException {
    HttpURLConnection request = (HttpURLConnection) new URL(address + path).openConnection();
    request.setConnectTimeout(connectMs());
    request.setReadTimeout(answerMs);
    request.setInstanceFollowRedirects(false);
    request.setUseCaches(false);
    request.setRequestProperty("Connection", "close");
    if (request instanceof HttpsURLConnection) {
      protect((HttpsURLConnection) request);
    }
    return request;
  }

  private int connectMs() {
    return Math.min(CONNECT_MS, answerMs);
  }

  /** Checks the service by its pin, and only then lets it see the token. */
  private void protect(HttpsURLConnection request) {
    if (credentials.pin != null) {
      new CertificatePin(credentials.pin).trustIn(request);
    }
    if (credentials.token != null) {
      request.setRequestProperty("Authorization", "Bearer " + credentials.token);
    }
  }

  private void send(String type, int length, Writing body) throws IOException, NoService {
    connection.setRequestProperty("Content-Type", type);
    // Java checks that a kept connection is alive only where it knows of the POST by connect().
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(length);
    connect();
    try (OutputStream out = connection.getOutputStream()) {
      body.writeTo(out);
    }
  }

  private void connect() throws NoService {
    try {
      connection.connect();
    } catch (IOException failed) {
      throw ServiceProblem.unreachable(connection.getURL(), credentials, connectMs(), failed);
    }
  }

  /** The answer's media type without its parameters, such as a charset. */
  private String mediaType() {
    return String.valueOf(connection.getContentType()).replaceFirst(";.*", "").trim();
  }

  private Problem refusal(String subject, int status) throws IOException {
    if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
      return ServiceProblem.token(address, credentials);
    }
    if (mediaType().equals("application/problem+json")) {
      String wait = connection.getHeaderField("Retry-After");
      return ServiceProblem.refusal(address, subject, text(connection), wait);
    }
    String moved = connection.getHeaderField("Location");
    if (moved != null) {
      return new NoService(address + " sends on to " + moved + ".\nUse that as the address");
    }
    return unexpected("It answered with HTTP " + status);
  }

  Problem brokenOff(String subject, Exception reason) {
    return wantsToken()
        ? ServiceProblem.token(address, credentials)
        : unexpected("The connection broke while it had " + subject + ": " + reason.getMessage());
  }

  /** A refusal that comes before the whole body has arrived can be lost with the connection. */
  private boolean wantsToken() {
    try {
      return open("/networks").getResponseCode() == HttpURLConnection.HTTP_UNAUTHORIZED;
    } catch (IOException none) {
      return false;
    }
  }

  /** Says whether it is the service itself that failed, or something else that answers there. */
  private NoService unexpected(String what) {
    return isErythema()
        ? new NoService(
            "The service at " + address + " failed. " + what + ".\nIts own window says why")
        : ServiceProblem.stranger(address, what);
  }

  private boolean isErythema() {
    try {
      HttpURLConnection health = open("/health");
      health.setRequestProperty("Accept", "application/json");
      health.setReadTimeout(CONNECT_MS);
      return "erythema".equals(Json.string(text(health), "service"));
    } catch (IOException none) {
      return false;
    }
  }

  private static String text(HttpURLConnection answer) throws IOException {
    InputStream stream =
        answer.getResponseCode() < 400 ? answer.getInputStream() : answer.getErrorStream();
    if (stream == null) {
      return "";
    }
    try (InputStream in = stream) {
      return new String(Streams.readAll(in), StandardCharsets.UTF_8);
    }
  }
}
