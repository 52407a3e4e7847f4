package erythema.core;

import erythema.core.Problem.NoService;
import erythema.core.Problem.Refused;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/** What a person is told where a service cannot be reached or refuses. */
final class ServiceProblem {

  static final String START = "Start the service with: erythema serve";
  private static final String WHERE = "Plugins > Erythema > Erythema service...";

  private ServiceProblem() {}

  /** Why there is no connection with a server. */
  static NoService unreachable(URL server, Credentials credentials, int ms, IOException reason) {
    String address = server.getProtocol() + "://" + server.getAuthority();
    if (reason instanceof UnknownHostException) {
      return new NoService(
          "No computer is known as "
              + server.getHost()
              + " ("
              + address
              + ").\nCheck the address and the network");
    }
    if (reason instanceof SocketTimeoutException) {
      return new NoService(
          address
              + " cannot be reached: it did not answer in time.\nCheck the address, its port, and that its computer"
              + " is on");
    }
    if (isAboutCertificate(reason)) {
      return untrusted(address, credentials.pin, CertificatePin.shownBy(server, ms));
    }
    if (reason instanceof SSLException) {
      return new NoService(
          "What answers at "
              + address
              + " does not speak TLS ("
              + reason.getMessage()
              + ").\nCheck the port; the address of a service without a token begins with http://");
    }
    if (reason instanceof ConnectException) {
      int port = server.getPort() == -1 ? server.getDefaultPort() : server.getPort();
      return new NoService(
          "Nothing answers at "
              + address
              + ": connection refused at port "
              + port
              + ".\nCheck the port (that of the service is 8765 where none was chosen). "
              + START);
    }
    return new NoService(
        address
            + " cannot be reached: "
            + reason.getMessage()
            + ".\nCheck the address and the network");
  }

  private static boolean isAboutCertificate(Throwable reason) {
    for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static NoService untrusted(String address, String expected, String shown) {
    String known = expected == null ? "no authority has signed it" : "the pin known is " + expected;
    return new NoService(
        "The certificate of "
            + address
            + " is not trusted: "
            + known
            + (shown == null ? "" : ".\nIts pin is " + shown)
            + "\nWhere that is the pin that the service printed when it started, enter it in "
            + WHERE
            + " or set ERYTHEMA_PIN to it and ERYTHEMA_SERVICE to the address. Else somebody else answers there");
  }

  /** Why a service wants no request without the right token. */
  static NoService token(String address, Credentials credentials) {
    String wrong =
        credentials.token == null
            ? " asks for its token.\nEnter it in "
            : " does not take this token: it is wrong, or a newer one was made.\nEnter it in ";
    return new NoService(
        "The service at "
            + address
            + wrong
            + WHERE
            + " or set ERYTHEMA_TOKEN to it and ERYTHEMA_SERVICE to the address (erythema serve --new-token makes one)");
  }

  /**
   * What a service refuses, by its problem document.
   *
   * @param wait the seconds to wait before another try, or null
   */
  static Refused refusal(String address, String subject, String document, String wait) {
    return new Refused(told(address, subject, document, wait), document, wait);
  }

  private static String told(String address, String subject, String document, String wait) {
    String type = String.valueOf(Json.string(document, "type"));
    String retry = wait == null ? "later" : "in " + wait + " seconds";
    if (type.equals("erythema:not-ready")) {
      return "The service at "
          + address
          + " is not ready yet: its network is being loaded.\nTry again "
          + retry;
    }
    if (type.equals("erythema:busy")) {
      return "The service at " + address + " is busy: its queue is full.\nTry again " + retry;
    }
    String detail = Json.string(document, "detail");
    return "The service at "
        + address
        + " refused "
        + subject
        + ".\n"
        + (detail != null ? detail : Json.string(document, "title"));
  }

  /** Something else than an erythema service answers. */
  static NoService stranger(String address, String what) {
    String https =
        address.startsWith("http:")
            ? "Check the address; that of a service for other computers begins with https://. "
            : "Check the address. ";
    return new NoService(
        "What answers at "
            + address
            + " is not the erythema service. "
            + what
            + ".\n"
            + https
            + START);
  }
}
