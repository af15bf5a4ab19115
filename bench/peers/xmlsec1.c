/* libxmlsec1 and libxml2 at their fastest: the key is loaded once; per message the text is parsed, every Signature is
 * verified, and the NameID and the attribute values are read. None of SAML's own checks is made.
 *
 *   xmlsec1 certificate.pem warm-ups messages file...
 *
 * One line of JSON for each file: whether it is accepted, and the nanoseconds of the median and of the 95th percentile. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#define SAML BAD_CAST "urn:oasis:names:tc:SAML:2.0:assertion"

static xmlSecKeyPtr key;
static size_t values_length;

static void silent(void *context, const char *format, ...) { (void)context, (void)format; }

static int verify(xmlNodePtr signature) {
  xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
  if (context == NULL) return 0;
  context->signKey = key; /* lent: a duplicate would read the certificate anew */
  context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
  int ok = xmlSecDSigCtxVerify(context, signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
  context->signKey = NULL;
  xmlSecDSigCtxDestroy(context);
  return ok;
}

static void read_values(xmlNodePtr node) {
  for (; node != NULL; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if ((xmlStrEqual(node->name, BAD_CAST "AttributeValue") || xmlStrEqual(node->name, BAD_CAST "NameID")) &&
        node->ns != NULL && xmlStrEqual(node->ns->href, SAML)) {
      xmlChar *text = xmlNodeGetContent(node);
      values_length += (size_t)xmlStrlen(text);
      xmlFree(text);
    } else {
      read_values(node->children);
    }
  }
}

/* Verifies the Signature of this element and of the Assertion in it; returns how many there were, or -1. */
static int verify_all(xmlDocPtr document, xmlNodePtr element) {
  xmlAttrPtr id = xmlHasProp(element, BAD_CAST "ID");
  if (id == NULL) return -1;
  xmlChar *value = xmlNodeListGetString(document, id->children, 1);
  xmlAddID(NULL, document, value, id);
  xmlFree(value);
  int count = 0;
  for (xmlNodePtr child = element->children; child != NULL; child = child->next) {
    if (child->type != XML_ELEMENT_NODE) continue;
    if (xmlSecCheckNodeName(child, xmlSecNodeSignature, xmlSecDSigNs)) {
      if (!verify(child)) return -1;
      count++;
    } else if (xmlSecCheckNodeName(child, BAD_CAST "Assertion", SAML)) {
      int inner = verify_all(document, child);
      if (inner < 0) return -1;
      count += inner;
    }
  }
  return count;
}

static int check(const char *text, int size) {
  xmlDocPtr document = xmlReadMemory(text, size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (document == NULL) return 0;
  xmlNodePtr root = xmlDocGetRootElement(document);
  int ok = root != NULL && verify_all(document, root) > 0;
  if (ok) read_values(root);
  xmlFreeDoc(document);
  return ok;
}

static char *read_file(const char *path, int *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  *size = (int)ftell(file);
  rewind(file);
  char *text = malloc((size_t)*size + 1);
  if (text != NULL && fread(text, 1, (size_t)*size, file) != (size_t)*size) *size = 0;
  fclose(file);
  return text;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  int warm_ups = atoi(argv[2]), messages = atoi(argv[3]);
  xmlInitParser();
  if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) return 2;
  key = xmlSecCryptoAppKeyLoad(argv[1], xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
  long *times = malloc(sizeof(long) * (size_t)messages);
  if (key == NULL || times == NULL || messages < 1) return 2;
  xmlSecErrorsDefaultCallbackEnableOutput(0);
  xmlSetGenericErrorFunc(NULL, silent);
  int count = argc - 4;
  char **texts = calloc((size_t)count, sizeof(char *));
  int *sizes = calloc((size_t)count, sizeof(int));
  if (texts == NULL || sizes == NULL) return 2;
  for (int i = 0; i < count; i++) {
    if ((texts[i] = read_file(argv[4 + i], &sizes[i])) == NULL) return 2;
  }
  for (int n = 0; n < warm_ups; n++) {
    for (int i = 0; i < count; i++) check(texts[i], sizes[i]);
  }
  for (int i = 0; i < count; i++) {
    if (!check(texts[i], sizes[i])) {
      printf("{\"accepted\":false}\n");
      continue;
    }
    for (int n = 0; n < messages; n++) {
      long start = now();
      if (!check(texts[i], sizes[i])) return 3;
      times[n] = now() - start;
    }
    qsort(times, (size_t)messages, sizeof(long), ascending);
    printf("{\"accepted\":true,\"p50\":%ld,\"p95\":%ld}\n", times[messages / 2], times[messages * 95 / 100]);
  }
  return values_length == 0 ? 3 : 0;
}
