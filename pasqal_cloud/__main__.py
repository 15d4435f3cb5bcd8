"""`python -m pasqal_cloud` is the command `pasqal-cloud`."""

from pasqal_cloud.cli import main

if __name__ == "__main__":
    main()
