"""The names of the existing package, where programs import them from."""

import importlib
import subprocess
import sys

import pytest

import pasqal_cloud
from pasqal_cloud import SDK, LocalServiceError, filters, status

ERRORS = """
    BatchCancellingError BatchClosingError BatchCreationError BatchException BatchFetchingError BatchSetTagsError
    DeviceSpecsException DeviceSpecsFetchingError ExceptionWithResponseContext InvalidDeviceTypeSet
    InvalidWorkloadResultsFormatError JobCancellingError JobCreationError JobException JobFetchingError JobRetryError
    JobSequenceVariablesConflict MissingAllJobSequence MissingJobSequence OnlyCompleteOrOpenCanBeSet ProjectException
    ProjectFetchingError ProjectNotFoundError RebatchError WorkloadCancellingError WorkloadCreationError
    WorkloadException WorkloadFetchingError WorkloadResultsConnectionError WorkloadResultsDecodeError
    WorkloadResultsDownloadError
"""

SURFACE = {
    "": f"""
        AUTH0_CONFIG Auth0Conf BaseConfig Batch BatchCancellationResponse BatchFilters BatchStatus CancelJobFilters
        CreateJob DeviceTypeName EmulatorType Endpoints Job JobCancellationResponse JobFilters JobStatus OVHConnection
        PASQAL_ENDPOINTS PaginatedResponse PaginationParams PasqalCloudConnection Project QueuePriority
        RESULT_POLLING_INTERVAL RebatchFilters Region RemoteEmuFreeBackend RemoteMPSBackend RemoteSVBackend SDK
        TokenProvider TokenProviderConf Workload {ERRORS}
    """,
    "authentication": """
        AUTH0_TOKEN_PROVIDER_SCOPE Auth0Conf Auth0TokenProvider ExpiringTokenProvider HTTPBearerAuthenticator
        InsecureAuth0TokenProvider PasswordGrantTokenProvider TokenProvider TokenProviderConf TokenProviderError
    """,
    "backends": "DeviceTypeName RemoteEmuFreeBackend RemoteEmulatorBackend RemoteMPSBackend RemoteSVBackend",
    "batch": "Batch CreateJob DeviceTypeName Job RESULT_POLLING_INTERVAL",
    "device": "BaseConfig DeviceTypeName EmuFreeConfig EmuTNConfig EmulatorType",
    "device.configuration": "BaseConfig EmuFreeConfig EmuFresnelConfig EmuTNConfig InvalidConfiguration",
    "device.configuration.base_config": "BaseConfig InvalidConfiguration ResultType",
    "device.configuration.emu_free": "EmuFreeConfig",
    "device.configuration.emu_fresnel": "EmuFresnelConfig",
    "device.configuration.emu_tn": "EmuTNConfig",
    "device.configuration.result_type": "ResultType",
    "device.device_types": "DeviceTypeName",
    "device.emulator_types": "EmulatorType",
    "endpoints": """
        ACCOUNT_API_URL AUDIENCE AUTH0_CONFIG AUTH0_DOMAIN AUTH0_TOKEN_ENDPOINT AUTH0_TOKEN_PROVIDER_GRANT_TYPE
        AUTH_CONFIG Auth0Conf CORE_API_URL DEV_ACCOUNT_API_URL DEV_AUDIENCE DEV_AUTH0_DOMAIN DEV_AUTH0_TOKEN_ENDPOINT
        DEV_CORE_API_URL DEV_PUBLIC_CLIENT_ID Endpoints KEYCLOAK_REALM KEYCLOAK_SDK_CLIENT_ID KSA_ACCOUNT_API_URL
        KSA_CORE_API_URL KSA_PREPROD_ACCOUNT_API_URL KSA_PREPROD_CORE_API_URL PASQAL_ENDPOINTS PREPROD_ACCOUNT_API_URL
        PREPROD_AUDIENCE PREPROD_AUTH0_DOMAIN PREPROD_AUTH0_TOKEN_ENDPOINT PREPROD_CORE_API_URL
        PREPROD_PUBLIC_CLIENT_ID PREPROD_SA_KEYCLOAK_BASE_URL PREPROD_SA_KEYCLOAK_TOKEN_ENDPOINT PUBLIC_CLIENT_ID REALM
        Region SA_KEYCLOAK_BASE_URL SA_KEYCLOAK_TOKEN_ENDPOINT TokenProviderConf
    """,
    "errors": ERRORS,
    "job": "CreateJob Job",
    "ovh": "MissingEnvironmentVariableError OVHConnection OvhClient",
    "pasqal_cloud_client": """
        Batch CreateJob Job PasqalCloudClient Project RESULT_POLLING_INTERVAL Region Workload
    """,
    "pasqal_cloud_connection": "PasqalCloudConnection Region",
    "project": "Project",
    "sdk": "SDK",
    "utils.constants": "BatchStatus JobStatus QueuePriority",
    "utils.filters": """
        BaseFilters BaseJobFilters BatchFilters CancelJobFilters JobFilters PaginationParams RebatchFilters
    """,
    "utils.jsend": "JSendPayload JobResult PaginationType",
    "utils.mock_server": "BaseMockServer",
    "utils.responses": "BatchCancellationResponse JobCancellationResponse PaginatedResponse",
    "workload": "Workload",
}
"""What the existing package's modules define, and what other packages take from them.

Left out: its plumbing (`utils.polling`, `utils.retry`, `utils.strenum`), the texts of its errors, and what its modules
have imported for themselves.
"""

DOWNSTREAM = """
    from pasqal_cloud import BaseConfig, EmulatorType, Endpoints
    from pasqal_cloud import PasqalCloudConnection
    from pasqal_cloud import RemoteMPSBackend
    from pasqal_cloud import AUTH0_CONFIG, PASQAL_ENDPOINTS, SDK, Auth0Conf, Endpoints, TokenProvider, Workload
    from pasqal_cloud import SDK, EmulatorType
    from pasqal_cloud.authentication import TokenProvider
    from pasqal_cloud.backends import RemoteEmuFreeBackend, RemoteEmulatorBackend, RemoteMPSBackend, RemoteSVBackend
    from pasqal_cloud.batch import Batch, Job
    from pasqal_cloud.client import Client
    from pasqal_cloud.device import BaseConfig, DeviceTypeName, EmuFreeConfig, EmuTNConfig, EmulatorType
    from pasqal_cloud.device.device_types import DeviceTypeName
    from pasqal_cloud.endpoints import Endpoints, Auth0Conf
    from pasqal_cloud.job import CreateJob, Job
    from pasqal_cloud.pasqal_cloud_client import PasqalCloudClient
    from pasqal_cloud.utils.filters import JobFilters
    from pasqal_cloud.utils.responses import PaginatedResponse
    import pasqal_cloud; pasqal_cloud.SDK, pasqal_cloud.BaseConfig, pasqal_cloud.EmulatorType
""".strip().splitlines()


def python(program: str) -> str:
    """Runs a program in a fresh interpreter and gets what it prints."""
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("module", SURFACE)
def test_each_name_is_where_it_was(module: str) -> None:
    """Of the public surface of the existing package."""
    home = importlib.import_module(f"pasqal_cloud.{module}".rstrip("."))
    assert [name for name in SURFACE[module].split() if not hasattr(home, name)] == []


@pytest.mark.parametrize("statement", [line.strip() for line in DOWNSTREAM])
def test_each_import_of_other_packages_works(statement: str) -> None:
    """Those that nine packages make, their tests included."""
    exec(statement, {})


def test_old_homes_have_the_same_objects() -> None:
    """`isinstance` and `except` mean the same, wherever a name was imported from."""
    from pasqal_cloud.pasqal_cloud_client import PasqalCloudClient
    from pasqal_cloud.pasqal_cloud_connection import PasqalCloudConnection
    from pasqal_cloud.utils.constants import BatchStatus
    from pasqal_cloud.utils.filters import BaseJobFilters, JobFilters

    assert PasqalCloudClient is SDK
    assert PasqalCloudConnection is pasqal_cloud.PasqalCloudConnection
    assert BatchStatus is status.BatchStatus
    assert JobFilters is filters.JobFilters
    assert issubclass(JobFilters, BaseJobFilters)


def test_names_that_need_pulser_say_so_without_it() -> None:
    """One sentence with the command, and not before one is used."""
    names = [
        "OVHConnection",
        "PasqalCloudConnection",
        "RemoteEmuFreeBackend",
        "RemoteEmulatorBackend",
        "RemoteMPSBackend",
        "RemoteSVBackend",
    ]
    program = f"""
import sys
sys.modules["pulser"] = None
import pasqal_cloud
from pasqal_cloud import *
for name in {names}:
    try:
        getattr(pasqal_cloud, name)
    except pasqal_cloud.MissingExtraError as error:
        print(error)
"""
    told = python(program).splitlines()
    assert len(told) == len(names)
    assert all('pip install "pasqal-cloud[pulser]"' in line for line in told)


def test_no_other_name_loads_pulser() -> None:
    """Nor does one that does not exist."""
    program = """
import sys, pasqal_cloud
values = [getattr(pasqal_cloud, name) for name in pasqal_cloud.__all__]
print(hasattr(pasqal_cloud, "Sdk"), "pulser" in sys.modules)
"""
    assert python(program) == "False False"


def test_the_old_mock_server_tells_of_the_new() -> None:
    """When it is used, also by a subclass; importing it and subclassing it is harmless."""
    from pasqal_cloud.utils.mock_server import BaseMockServer

    class MockServer(BaseMockServer):
        """Of a test suite."""

    with pytest.raises(LocalServiceError, match=r"pasqal_cloud\.testing"):
        MockServer()
