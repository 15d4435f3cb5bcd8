#!/usr/bin/env bash
# Makes a certificate authority for a Dask cluster, and one certificate that all its members share: whoever has its key may
# run programs on the workers. Existing files are kept. Usage: deploy/certificates.sh [FOLDER, by default secrets]
set -euo pipefail
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"
[ ! -e dask.key ] || { echo "$folder/dask.key is there already." >&2; exit 1; }
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=pasqal-cloud dask authority" \
    -addext "keyUsage=critical,keyCertSign" -keyout authority.key -out dask-ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=pasqal-cloud dask" \
    -keyout dask.key -out dask.csr 2>/dev/null
openssl x509 -req -in dask.csr -CA dask-ca.crt -CAkey authority.key -days 825 -out dask.crt \
    -extfile <(printf "subjectAltName=DNS:scheduler,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n") 2>/dev/null
rm -f dask.csr authority.key # no other certificate of this authority can be made
echo "Made $folder/dask-ca.crt, dask.crt and dask.key."
