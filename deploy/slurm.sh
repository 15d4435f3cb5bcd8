#!/usr/bin/env bash
# Dask workers on a Slurm cluster, for a service that runs elsewhere. Each task of the array is one worker, which ends before
# its time is over; its jobs then go to others, and it is not charged to them. More workers: sbatch --array=1-50.
#
#   sbatch --export=SCHEDULER=tls://login1:8786,SECRETS=$HOME/pasqal/secrets,VENV=$HOME/pasqal/venv deploy/slurm.sh
#
#SBATCH --job-name=pasqal-worker
#SBATCH --array=1-10
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
set -euo pipefail
: "${SCHEDULER:?the address of the Dask scheduler, tls://host:8786}"
: "${SECRETS:?the folder with dask-ca.crt, dask.crt and dask.key, which only you can read}"
: "${VENV:?the environment with pasqal-cloud[local,dask], of the same versions as at the service}"
export OMP_NUM_THREADS=1
exec "$VENV/bin/dask" worker "$SCHEDULER" \
    --name "slurm-${SLURM_JOB_ID:-0}" \
    --nthreads "${SLURM_CPUS_PER_TASK:-1}" \
    --no-nanny \
    --memory-limit 0 \
    --no-dashboard \
    --local-directory "${TMPDIR:-/tmp}" \
    --death-timeout 300 \
    --lifetime 230m --lifetime-stagger 5m \
    --tls-ca-file "$SECRETS/dask-ca.crt" --tls-cert "$SECRETS/dask.crt" --tls-key "$SECRETS/dask.key"
