"""`python -m cloud_api`, the same as `cloud-api`."""

import sys

from cloud_api.cli import main

sys.exit(main())
