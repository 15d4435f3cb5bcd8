"""The defects of the existing client that were found and counted, each with the test that shows that ours has it not.

The first list is of defects that were measured against a service that misbehaves, in groups: submissions, errors,
retries, downloads, tokens, lists, waiting and the rest. The second was found by reading the client, and what users
report of it. Their numbers are those of the lists; some defects stand in both.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

MEASURED = {
    # A creation is repeated after a 500, 502 or 504, which makes several batches.
    1: "tests/faults/test_matrix.py::test_what_was_done_is_found",
    # So is the adding of jobs.
    2: "tests/faults/test_submission.py::test_added_jobs_are_found",
    # A second layer repeats it after every other error.
    3: "tests/wire/test_hostile.py::test_a_submission_whose_answer_is_lost_is_made_once",
    # That layer repeats programming errors too.
    4: "tests/flows/test_call.py::test_other_errors_are_not_repeated",
    # `except Exception` does not catch the errors.
    5: "tests/flows/test_errors.py::test_every_error_is_an_ordinary_exception_under_one_root",
    # An error page in HTML hides status and operation.
    6: "tests/defects/test_better.py::test_a_page_of_html_does_not_hide_the_refusal",
    # A body that is a list or null hides the error.
    7: "tests/flows/test_answers.py::test_any_failure_is_the_packages_error",
    # The text of `detail` is lost.
    8: "tests/flows/test_answers.py::test_the_services_words_are_found",
    # A 503 is not tried again.
    9: "tests/faults/test_matrix.py::test_a_refusal_that_passes_is_sat_out",
    # `Retry-After` may ask for a day.
    10: "tests/flows/test_call.py::test_retry_after_has_a_cap",
    # It may be negative, or a fraction.
    11: "tests/flows/test_answers.py::test_retry_after_is_read",
    # Pauses have no jitter.
    12: "tests/flows/test_call.py::test_pauses_of_many_clients_differ",
    # Downloads have no timeout.
    13: "tests/wire/test_requests.py::test_the_token_does_not_go_to_the_storage",
    # Nor has the request for a token.
    14: "tests/auth/test_wire.py::test_a_silent_identity_provider_is_not_waited_for_for_ever",
    # Which is not tried again either, nor checked.
    15: "tests/wire/test_authentication.py::test_an_outage_of_the_identity_provider_is_sat_out",
    # A refused token is not renewed.
    16: "tests/wire/test_authentication.py::test_a_refused_token_is_renewed_once",
    # A short-lived token means a login for every call.
    17: "tests/auth/test_tokens.py::test_a_short_lived_token_is_used_more_than_once",
    # Every thread logs in.
    18: "tests/auth/test_tokens.py::test_many_threads_ask_for_one_token",
    # A link that has expired is tried again and again.
    19: "tests/faults/test_downloads.py::test_a_link_that_has_expired_is_asked_for_again",
    # Its signature is in messages and logs.
    20: "tests/faults/test_downloads.py::test_the_signature_is_never_told",
    # An answer that is cut short is not asked for again.
    21: "tests/wire/test_hostile.py::test_reading_is_tried_again_when_the_answer_is_lost",
    # A document that is no result is one without counts.
    22: "tests/faults/test_downloads.py::test_a_document_without_a_result_is_an_error",
    # A 200 with garbage, or with a failure in it, is no clear error.
    23: "tests/wire/test_hostile.py::test_a_success_that_is_of_no_use_is_a_clear_error",
    # There is no deadline for all tries.
    24: "tests/faults/test_deadlines.py::test_a_service_that_says_nothing_uses_up_the_deadline",
    # What arrives or vanishes makes others appear twice, or not at all.
    25: "tests/operations/test_walking.py::test_what_vanishes_hides_nothing_else",
    # An empty page is asked for for ever.
    26: "tests/operations/test_walking.py::test_an_empty_page_ends_it",
    # Without `pagination`, the total is zero.
    27: "tests/operations/test_walking.py::test_an_answer_without_pagination_is_all",
    # A status that is new is a KeyError.
    28: "tests/operations/test_account.py::test_a_status_is_one_request",
    # It ends a wait.
    29: "tests/operations/test_handles.py::test_what_may_go_on_is_waited_for",
    # `get_batches(limit=20)`, as the guide has it, is a TypeError.
    30: "tests/operations/test_pages.py::test_a_page_is_asked_for",
    # The guide's examples do not run.
    31: "tests/guide/test_guide.py::TestGetAListOfBatches::test_filters",
    # None is no filter, `user_id=[]` is everybody, misspelt names are dropped.
    32: "tests/defects/test_better.py::test_an_empty_list_is_never_everything",
    # Times without a zone are sent without one.
    33: "tests/defects/test_better.py::test_a_time_without_zone_is_the_users",
    # One item that lacks a field fails its page.
    34: "tests/defects/test_better.py::test_one_item_that_lacks_something_does_not_spoil_the_page",
    # Handles show the client, and can't be hashed; pickles carry the password.
    35: "tests/defects/test_better.py::test_handles_can_be_hashed_and_shown",
    # Attributes ask again each time, and raise what is not documented.
    36: "tests/defects/test_better.py::test_a_sequence_is_fetched_once",
    # The import changes the warning filters.
    37: "tests/defects/test_better.py::test_importing_leaves_the_warning_filters",
    # The import takes long.
    38: "tests/test_package.py::test_importing_loads_almost_nothing",
    # Nothing can be awaited, closed, or waited for with a timeout.
    39: "tests/wire/test_sdk.py::test_an_sdk_is_a_context_manager",
    # PASQAL_SKIP_SSL_VERIFY=0 skips the verification.
    40: "tests/auth/test_wire.py::test_only_a_yes_skips_the_verification",
    # Ids may lead to other addresses.
    41: "tests/defects/test_better.py::test_ids_are_only_ids",
    # A redirected submission becomes a reading.
    42: "tests/wire/test_hostile.py::test_a_redirection_is_not_followed",
    # Making a workload asks for its result, and an error's JSON is one.
    43: "tests/operations/test_workloads.py::test_a_failure_is_no_result",
    # Numpy's numbers fail late, NaN is sent.
    44: "tests/flows/test_arguments.py::test_values_that_are_no_json_are_refused_with_their_place",
    # The user's dictionaries are changed; every batch is kept for ever.
    45: "tests/defects/test_better.py::test_an_sdk_keeps_no_batches",
    # The end of short work is seen late.
    46: "tests/flows/test_wait.py::test_an_end_is_seen_soon",
    # Ctrl-C while waiting loses the id of the batch.
    47: "tests/defects/test_better.py::test_an_interrupted_creation_leaves_the_id",
    # Bodies are compressed as slowly as can be, even the shortest.
    48: "tests/defects/test_better.py::test_bodies_are_compressed_fast",
    # Results are downloaded one after the other.
    49: "tests/defects/test_better.py::test_results_are_downloaded_together",
    # After a fork, answers get mixed up.
    50: "tests/auth/test_connections.py::test_parent_and_child_never_share_a_connection",
}

READ = {
    # Batches are paid for twice, in three ways.
    1: "tests/faults/test_matrix.py::test_what_may_have_been_done_is_said_to",
    # `except Exception` does not catch the errors, so that packages can't wrap them.
    2: "tests/defects/test_better.py::test_a_failed_creation_can_be_wrapped",
    # An error page hides the error.
    3: "tests/wire/test_hostile.py::test_a_failure_is_a_clear_error",
    # Errors carry text only.
    4: "tests/flows/test_answers.py::test_an_error_knows_the_request_and_the_answer",
    # A failed job, and a link that has expired, are errors of another library.
    5: "tests/operations/test_results.py::test_the_job_that_failed_says_why",
    # Unknown statuses crash, PAUSED ends a wait.
    6: "tests/flows/test_status.py::test_others_are_not_settled",
    # A wait has no timeout, no interval and no callback.
    7: "tests/flows/test_wait.py::test_a_wait_ends_when_its_time_is_up",
    # A refresh replaces the jobs that the user holds.
    8: "tests/operations/test_handles.py::test_jobs_stay_the_same_objects",
    # Looking at the progress asks for a link for every job.
    9: "tests/operations/test_results.py::test_one_request_looks_at_a_hundred_jobs",
    # The mock server does not work.
    10: "tests/sdk/test_batches.py::test_a_closed_batch_runs_to_its_end",
    # The import loads Pulser.
    11: "tests/test_package.py::test_the_sdk_loads_no_pulser",
    # The import changes the warning filters; making an SDK warns.
    12: "tests/defects/test_better.py::test_importing_leaves_the_warning_filters",
    # Misspelt filters are dropped.
    13: "tests/operations/test_refusals.py::test_a_filter_that_is_none_is_a_type_error",
    # There is no way through all pages.
    14: "tests/operations/test_walking.py::test_everything_is_given_once",
    # Jobs can't be hashed; every batch is kept for ever.
    15: "tests/operations/test_handles.py::test_jobs_stay_the_same_objects",
    # PASQAL_SKIP_SSL_VERIFY=0 skips the verification; there is no proxy and no timeout.
    16: "tests/auth/test_wire.py::test_only_a_yes_skips_the_verification",
    # The token request has no timeout and no second try; a 401 renews nothing.
    17: "tests/wire/test_authentication.py::test_an_outage_of_the_identity_provider_is_sat_out",
    # A 503 is not tried again; pauses have no jitter.
    18: "tests/faults/test_matrix.py::test_what_is_harmless_is_made_again",
    # The source distribution lacks the file with the version.
    19: "tests/defects/test_better.py::test_the_version_needs_no_file_of_its_own",
}

ALSO = [
    # More of what a number above is about.
    "tests/auth/test_connections.py::test_pickling_is_refused_with_a_sentence",
    "tests/auth/test_secrets.py::test_nothing_shows_a_secret",
    "tests/auth/test_wire.py::test_everything_goes_through_the_proxy",
    "tests/defects/test_better.py::test_making_a_workload_asks_for_nothing_more",
    "tests/defects/test_better.py::test_none_is_no_filter",
    "tests/flows/test_arguments.py::test_the_callers_dictionaries_stay_as_they_were",
    "tests/flows/test_operation.py::test_a_fetched_attribute_names_its_errors",
    "tests/flows/test_wait.py::test_an_outage_of_a_minute_is_sat_out",
    "tests/wire/test_authentication.py::test_an_answer_without_a_token_is_the_packages_error",
    "tests/wire/test_hostile.py::test_an_error_while_waiting_tells_the_batch",
    "tests/wire/test_requests.py::test_a_job_that_goes_on_has_no_result",
]


@cache
def defined_in(file: str) -> set[str]:
    """The tests that a file defines, those of classes as `Class::test`."""
    names = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        names |= {f"{prefix}{member.name}" for member in members if isinstance(member, ast.FunctionDef)}
    return names


@pytest.mark.parametrize("test", [*MEASURED.values(), *READ.values(), *ALSO])
def test_what_is_named_exists(test: str) -> None:
    """A test that is renamed or dropped is missed here."""
    file, _, name = test.partition("::")
    assert name.rpartition("::")[2].startswith("test_")
    assert name in defined_in(file)


def test_no_number_is_missing() -> None:
    """Each defect of either list has its test."""
    assert list(MEASURED) == [*range(1, 51)]
    assert list(READ) == [*range(1, 20)]
