#!/bin/sh
# Installs the identity providers and reverse proxies that the tests talk to, from Debian's packages (tried on Debian 12),
# without their recommended extras: these would bring a web server and an LDAP client that nothing here uses. Where
# Debian starts nginx and Caddy as services, stop them: the tests run their own (systemctl disable --now nginx caddy).
#
#   sudo apt-get update && sudo sandbox/peers/install.sh [lemonldap-ng] [pysaml2] [proxies]     (all when none is named)
set -eu

lemonldap_ng="lemonldap-ng liblasso-perl libsoap-lite-perl libxml-simple-perl libxml-libxml-perl libio-string-perl libglib-perl"
pysaml2="python3-pysaml2 xmlsec1"
proxies="nginx-light caddy"

packages=""
for peer in ${*:-lemonldap-ng pysaml2 proxies}; do
  case $peer in
    lemonldap-ng) packages="$packages $lemonldap_ng" ;;
    pysaml2) packages="$packages $pysaml2" ;;
    proxies) packages="$packages $proxies" ;;
    *) echo "unknown peer: $peer (known: lemonldap-ng, pysaml2, proxies)" >&2; exit 2 ;;
  esac
done

export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 -- a list of package names
exec apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages
