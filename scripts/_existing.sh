# Sourced after _env.sh: makes the environment of the existing package. Its public names also depend on the version of pydantic.
PYTHON=${PYTHON:-$(find_python 3.11)}
environment downstream-existing pasqal-cloud==0.24.0 pulser-core==1.9.1 pydantic==2.14.4 requests-mock
