package erythema.core;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server that answers as a test tells it to; no erythema service. */
public final class StandInService implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  public final CountDownLatch asked = new CountDownLatch(1);
  public volatile String query;
  public volatile String contentType;
  public volatile byte[] body;

  public StandInService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public StandInService health(String json) {
    return at("/health", 200, "application/json", json);
  }

  /** Answers whoever asks for a path. */
  public StandInService at(String path, int status, String type, String text) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          reply(exchange, status, bytes(text));
        });
    return this;
  }

  /** Answers what is posted to a path, and keeps it. */
  public StandInService taking(String path, int status, String type, String text) {
    return taking(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          reply(exchange, status, bytes(text));
        });
  }

  /** Answers photos with an ROI set, and says how many outlines it holds. */
  public StandInService outlines(byte[] zip, int reactions) {
    return segment(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/zip");
          exchange.getResponseHeaders().set("Erythema-Reactions", Integer.toString(reactions));
          reply(exchange, 200, zip);
        });
  }

  public StandInService answer(int status, String type, String text) {
    return answer(status, type, bytes(text));
  }

  public StandInService answer(int status, String type, byte[] answer) {
    return segment(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type);
          reply(exchange, status, answer);
        });
  }

  public StandInService redirect(String location) {
    return segment(
        exchange -> {
          exchange.getResponseHeaders().set("Location", location);
          reply(exchange, 307, new byte[0]);
        });
  }

  /** Takes photos and gives no answer until it is closed. */
  public StandInService silent() {
    return segment(
        exchange -> {
          try {
            closed.await();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdown();
  }

  private StandInService segment(HttpHandler answer) {
    return taking("/segment", answer);
  }

  private StandInService taking(String path, HttpHandler answer) {
    server.createContext(
        path,
        exchange -> {
          query = exchange.getRequestURI().getQuery();
          contentType = exchange.getRequestHeaders().getFirst("Content-Type");
          body = Streams.readAll(exchange.getRequestBody());
          asked.countDown();
          answer.handle(exchange);
        });
    return this;
  }

  private static void reply(HttpExchange exchange, int status, byte[] answer) throws IOException {
    exchange.getResponseHeaders().set("Connection", "close"); // as the service answers one
    exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
