#!/bin/sh
# Installs the identity providers that the tests talk to, from Debian's packages (tried on Debian 12), without their
# recommended extras: these would bring a web server and an LDAP client that nothing here uses.
#
#   sudo apt-get update && sudo sandbox/peers/install.sh [lemonldap-ng] [pysaml2]     (both when none is named)
set -eu

lemonldap_ng="lemonldap-ng liblasso-perl libsoap-lite-perl libxml-simple-perl libxml-libxml-perl libio-string-perl libglib-perl"
pysaml2="python3-pysaml2 xmlsec1"

packages=""
for peer in ${*:-lemonldap-ng pysaml2}; do
  case $peer in
    lemonldap-ng) packages="$packages $lemonldap_ng" ;;
    pysaml2) packages="$packages $pysaml2" ;;
    *) echo "unknown peer: $peer (known: lemonldap-ng, pysaml2)" >&2; exit 2 ;;
  esac
done

export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 -- a list of package names
exec apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages
