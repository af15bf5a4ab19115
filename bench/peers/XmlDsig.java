// The JDK's own XML signatures, warmed up: the key is read once; per message the text is parsed, every Signature is
// verified, and the NameID and the attribute values are read. None of SAML's own checks is made.
//
//   java XmlDsig.java certificate.pem warm-ups messages file...
//
// One line of JSON for each file: whether it is accepted, and the nanoseconds of the median and of the 95th percentile.

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class XmlDsig {
  private static final String SAML = "urn:oasis:names:tc:SAML:2.0:assertion";

  private final KeySelector key;
  private final DocumentBuilder parser;
  private final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
  private long valuesLength = 0;

  XmlDsig(PublicKey key) throws Exception {
    this.key = KeySelector.singletonKeySelector(key);
    DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
    parsers.setNamespaceAware(true);
    parsers.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    this.parser = parsers.newDocumentBuilder();
    this.parser.setErrorHandler(null);
  }

  boolean check(byte[] text) throws Exception {
    Document document = parser.parse(new ByteArrayInputStream(text));
    Element root = document.getDocumentElement();
    root.setIdAttribute("ID", true);
    NodeList assertions = document.getElementsByTagNameNS(SAML, "Assertion");
    for (int i = 0; i < assertions.getLength(); i++) ((Element) assertions.item(i)).setIdAttribute("ID", true);
    NodeList signatures = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
    if (signatures.getLength() == 0) return false;
    for (int i = 0; i < signatures.getLength(); i++) {
      DOMValidateContext context = new DOMValidateContext(key, signatures.item(i));
      if (!factory.unmarshalXMLSignature(context).validate(context)) return false;
    }
    readValues(document.getElementsByTagNameNS(SAML, "NameID"));
    readValues(document.getElementsByTagNameNS(SAML, "AttributeValue"));
    return true;
  }

  private void readValues(NodeList elements) {
    for (int i = 0; i < elements.getLength(); i++) valuesLength += elements.item(i).getTextContent().length();
  }

  public static void main(String[] arguments) throws Exception {
    PublicKey key;
    try (FileInputStream file = new FileInputStream(arguments[0])) {
      key = CertificateFactory.getInstance("X.509").generateCertificate(file).getPublicKey();
    }
    int warmUps = Integer.parseInt(arguments[1]);
    long[] times = new long[Integer.parseInt(arguments[2])];
    XmlDsig peer = new XmlDsig(key);
    List<byte[]> texts = new ArrayList<>();
    for (String path : Arrays.copyOfRange(arguments, 3, arguments.length)) texts.add(Files.readAllBytes(Path.of(path)));
    for (int i = 0; i < warmUps; i++) for (byte[] text : texts) peer.check(text);
    for (byte[] text : texts) {
      if (!peer.check(text)) {
        System.out.println("{\"accepted\":false}");
        continue;
      }
      for (int i = 0; i < times.length; i++) {
        long start = System.nanoTime();
        if (!peer.check(text)) System.exit(3);
        times[i] = System.nanoTime() - start;
      }
      Arrays.sort(times);
      System.out.printf(
          "{\"accepted\":true,\"p50\":%d,\"p95\":%d}%n", times[times.length / 2], times[times.length * 95 / 100]);
    }
    if (peer.valuesLength == 0) System.exit(3);
  }
}
