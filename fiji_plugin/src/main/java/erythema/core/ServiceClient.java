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
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;

/** Speaks with the erythema service. One object makes one request. */
public final class ServiceClient {

  private static final int CONNECT_MS = 5000;
  private static final int ANSWER_MS = 120000;
  private static final String START = "Start the service with: erythema serve";
  private static final String TOKEN = "ERYTHEMA_TOKEN";
  private static final String PIN = "ERYTHEMA_PIN";

  private final String address;
  private final int answerMs;
  private volatile HttpURLConnection connection;
  private volatile boolean canceled;

  /**
   * @param address as {@link ServiceAddress#check} gives it
   */
  public ServiceClient(String address) {
    this(address, ANSWER_MS);
  }

  public ServiceClient(String address, int answerMs) {
    this.address = address;
    this.answerMs = answerMs;
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
    try {
      connection = open(path);
      connection.setRequestProperty("Accept", accept);
      sending.send();
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK || !accept.equals(mediaType())) {
        throw refusal(subject, status);
      }
      try (InputStream in = connection.getInputStream()) {
        return new Answer(RoiSet.readAll(in), connection.getHeaderField("Erythema-Reactions"));
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
    disconnect();
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
    request.setConnectTimeout(CONNECT_MS);
    request.setReadTimeout(answerMs);
    request.setInstanceFollowRedirects(false);
    request.setUseCaches(false);
    request.setRequestProperty("Connection", "close");
    if (request instanceof HttpsURLConnection) {
      protect((HttpsURLConnection) request);
    }
    return request;
  }

  /** Checks the service by its pin, and only then lets it see the token. */
  private static void protect(HttpsURLConnection request) {
    String pin = System.getenv(PIN);
    String token = System.getenv(TOKEN);
    if (pin != null) {
      new CertificatePin(pin.trim()).trustIn(request);
    }
    if (token != null) {
      request.setRequestProperty("Authorization", "Bearer " + token.trim());
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
    } catch (UnknownHostException unknown) {
      throw new NoService(
          "No computer is known as "
              + connection.getURL().getHost()
              + " ("
              + address
              + ").\nCheck the address and the network");
    } catch (SocketTimeoutException silent) {
      throw new NoService(
          address + " cannot be reached.\nCheck the address, and that its computer is on");
    } catch (SSLException untrusted) {
      throw new NoService(
          "The certificate of "
              + address
              + " is not trusted ("
              + untrusted.getMessage()
              + ").\nSet "
              + PIN
              + " to the pin that the service printed when it started, and start ImageJ again");
    } catch (IOException refused) {
      throw new NoService("Nothing answers at " + address + ".\n" + START);
    }
  }

  /** The answer's media type without its parameters, such as a charset. */
  private String mediaType() {
    return String.valueOf(connection.getContentType()).replaceFirst(";.*", "").trim();
  }

  private Problem refusal(String subject, int status) throws IOException {
    if (status == HttpURLConnection.HTTP_UNAUTHORIZED) {
      return new NoService(
          "The service at "
              + address
              + " asks for its token.\nSet "
              + TOKEN
              + " to it (erythema serve --new-token makes one), and start ImageJ again");
    }
    if (mediaType().equals("application/problem+json")) {
      String problem = text(connection);
      String detail = Json.string(problem, "detail");
      String title = Json.string(problem, "title");
      return new Problem(
          "The service at "
              + address
              + " refused "
              + subject
              + ".\n"
              + (detail != null ? detail : title));
    }
    String moved = connection.getHeaderField("Location");
    if (moved != null) {
      return new NoService(address + " sends on to " + moved + ".\nUse that as the address");
    }
    return unexpected("It answered with HTTP " + status);
  }

  Problem brokenOff(String subject, Exception reason) {
    return unexpected("The connection broke while it had " + subject + ": " + reason.getMessage());
  }

  /** Says whether it is the service itself that failed, or something else that answers there. */
  private NoService unexpected(String what) {
    return isErythema()
        ? new NoService(
            "The service at " + address + " failed. " + what + ".\nIts own window says why")
        : new NoService(
            "What answers at "
                + address
                + " is not the erythema service. "
                + what
                + ".\n"
                + "Check the address. "
                + START);
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
      return new String(RoiSet.readAll(in), StandardCharsets.UTF_8);
    }
  }
}
