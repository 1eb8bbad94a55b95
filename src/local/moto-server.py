"""
moto's server, with what its interpreter of the States Language lacks of Step Functions:

- calls of states:startExecution and of the AWS SDK with their fields named as the States Language names them: moto passes them on as
  they stand and ends in a KeyError. So startExecution.sync:2 waits for another execution;
- elasticmapreduce:addStep, with .sync, and glue:startJobRun.sync, which moto has and cannot wait for;
- braces in States.Format that stand for themselves, as \\{, and quotes in texts of intrinsic functions, as \\';
- $$.Execution.RedriveCount and RedriveExecution; the cause of SendTaskFailure.

It reaches into moto's insides, and moto's version is pinned in livy.lock.json.
"""

import datetime
import json
import re
import uuid

import boto3
import botocore.session
from botocore import xform_name
from moto.core import responses
from moto.core.exceptions import AWSError
from moto.server import main
from moto.stepfunctions.parser import api
from moto.stepfunctions.parser.asl.component.common.error_name import failure_event, states_error_name
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.generic.string_format import StringFormat
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service,
    state_task_service_aws_sdk,
    state_task_service_factory,
    state_task_service_glue,
    state_task_service_sfn,
    state_task_service_unsupported,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.asl.parse.intrinsic.intrinsic_parser import IntrinsicParser
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

# Calls of other services.

# `aws-sdk:redshiftdata` is `redshift-data` to boto.
state_task_service.StateTaskService._SERVICE_NAME_SFN_TO_BOTO_OVERRIDES.update(
    {name.replace("-", ""): name for name in boto3.session.Session().get_available_services() if "-" in name}
)


def operation(task, service, action):
    """A call as AWS describes it; nothing where there is none."""
    model = botocore.session.get_session().get_service_model(task._get_boto_service_name(service))
    wanted = task._get_boto_service_action(action)
    return next((model.operation_model(name) for name in model.operation_names if xform_name(name) == wanted), None)


def name_fields(services):
    """Fields are named by the API on the way there, and in the manner of the States Language on the way back."""
    prepare = services._normalise_parameters

    def parameters(self, parameters, boto_service_name=None, service_action_name=None):
        prepare(self, parameters, boto_service_name, service_action_name)
        called = operation(self, boto_service_name, service_action_name)
        if called is not None and called.input_shape is not None:
            self._to_boto_request(parameters, called.input_shape)

    def response(self, response, boto_service_name=None, service_action_name=None):
        called = operation(self, boto_service_name, service_action_name)
        if called is not None and called.output_shape is not None:
            self._from_boto_response(response, called.output_shape)

    services._normalise_parameters = parameters
    services._normalise_response = response


name_fields(state_task_service_aws_sdk.StateTaskServiceAwsSdk)
name_fields(state_task_service_sfn.StateTaskServiceSfn)


def plain(value, date):
    """What boto answers, as JSON can have it."""
    if isinstance(value, dict):
        return {name: plain(one, date) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one, date) for one in value]
    return date(value) if isinstance(value, datetime.datetime) else value


finish = state_task_service.StateTaskService._after_eval_execution


def after_eval_execution(self, env, **more):
    is_sdk = isinstance(self, state_task_service_aws_sdk.StateTaskServiceAwsSdk)
    date = datetime.datetime.isoformat if is_sdk else lambda value: int(value.timestamp() * 1000)
    env.stack.append(plain(env.stack.pop(), date))
    finish(self, env=env, **more)


state_task_service.StateTaskService._after_eval_execution = after_eval_execution

# moto waits for the end of a call through what is there for task tokens only.
state_task_service_glue._SUPPORTED_INTEGRATION_PATTERNS.add(ResourceCondition.WaitForTaskToken)
state_task_service_unsupported._SUPPORTED_INTEGRATION_PATTERNS.add(ResourceCondition.Sync)


class MoreServices(state_task_service_unsupported.StateTaskServiceUnsupported):
    """The services that moto does not have in its own words: elasticmapreduce:addStep is here, the others as in moto."""

    def _is_add_step(self):
        return (self.resource.service_name, self.resource.api_action) == ("elasticmapreduce", "addStep")

    @staticmethod
    def _emr(resource_runtime_part, state_credentials):
        return boto_client_for(resource_runtime_part.region, "emr", state_credentials)

    def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        if not self._is_add_step():
            super()._eval_service_task(env, resource_runtime_part, normalised_parameters, state_credentials)
            return
        given = normalised_parameters
        role = {"ExecutionRoleArn": given["ExecutionRoleArn"]} if "ExecutionRoleArn" in given else {}
        answer = self._emr(resource_runtime_part, state_credentials).add_job_flow_steps(
            JobFlowId=given["ClusterId"], Steps=[given["Step"]], **role
        )
        env.stack.append({"StepId": answer["StepIds"][0]})

    def _build_sync_resolver(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        if not self._is_add_step():
            return super()._build_sync_resolver(env, resource_runtime_part, normalised_parameters, state_credentials)
        emr = self._emr(resource_runtime_part, state_credentials)
        cluster, step_id = normalised_parameters["ClusterId"], env.stack.pop()["StepId"]

        def look():
            step = emr.describe_step(ClusterId=cluster, StepId=step_id)["Step"]
            state = step["Status"]["State"]
            if state == "COMPLETED":
                return {"Step": step}
            if state in ("PENDING", "RUNNING", "CANCEL_PENDING"):
                return None
            raise self._failed(env, {"Step": step})

        return look

    def _failed(self, env, cause):
        name = StatesErrorNameType.StatesTaskFailed
        return failure_event.FailureEventException(
            failure_event.FailureEvent(
                env=env,
                error_name=states_error_name.StatesErrorName(typ=name),
                event_type=api.HistoryEventType.TaskFailed,
                event_details=EventDetails(
                    taskFailedEventDetails=api.TaskFailedEventDetails(
                        resource=self._get_sfn_resource(),
                        resourceType=self._get_sfn_resource_type(),
                        error=name.to_name(),
                        cause=to_json_str(cause),
                    )
                ),
            )
        )


state_task_service_factory.StateTaskServiceUnsupported = MoreServices

# Intrinsic functions.

parse = IntrinsicParser.parse


def parse_decoded(source):
    """moto gives the text as it stands in the JSON, where each backslash is two."""
    try:
        return parse(json.loads(f'"{source}"'))
    except ValueError:
        return parse(source)


IntrinsicParser.parse = staticmethod(parse_decoded)


def format_text(self, env):
    self.argument_list.eval(env=env)
    text, *values = env.stack.pop()
    left = iter(values)
    # Either a character that stands for itself, or the place of the next value.
    pattern = r"\\(.)|\{\}"
    env.stack.append(re.sub(pattern, lambda found: found[1] or self._to_str_repr(next(left)), text))


StringFormat._eval_body = format_text

# Executions.

start = StepFunctionsParserBackend.start_execution


def start_execution(self, state_machine_arn, name=None, *more, **named):
    """Step Functions gives a name to an execution that has none; in moto all of them would be the one called None."""
    return start(self, state_machine_arn, name or str(uuid.uuid4()), *more, **named)


def send_task_failure(self):
    token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
    self.stepfunction_backend.send_task_failure(token, error=error, cause=cause)
    return responses.EmptyResult()


LEFT = "Where it was left"


class NotRedrivable(AWSError):
    TYPE = "ExecutionNotRedrivable"


def resumed(part, events):
    """
    A machine, or a branch of it, that begins where the events end: the state that was entered last is entered again with the input
    that it had. Of a Parallel state each branch goes on by itself, and one that had ended only gives its result again.
    """
    names = part["States"]
    entered = [i for i, one in enumerate(events) if one.get("stateEnteredEventDetails", {}).get("name") in names]
    if not entered:
        return part
    details = events[entered[-1]]["stateEnteredEventDetails"]
    since = events[entered[-1] + 1 :]
    name, state = details["name"], names[details["name"]]
    exits = [one["stateExitedEventDetails"] for one in since if "stateExitedEventDetails" in one]
    ended = next((one for one in exits if one["name"] == name), None)
    mark = f"{LEFT}: {name}"
    if ended is not None:
        done = {"Type": "Pass", "Result": json.loads(ended["output"]), "End": True}
        return {**part, "StartAt": mark, "States": {**names, mark: done}}
    if state["Type"] == "Map":
        raise NotRedrivable(f"{name} is a Map state: that cannot be redriven on this machine")
    if state["Type"] == "Parallel":
        state = {**state, "Branches": [resumed(branch, since) for branch in state["Branches"]]}
    go_on = {"Type": "Pass", "Result": json.loads(details["input"]), "Next": name}
    return {**part, "StartAt": mark, "States": {**names, name: state, mark: go_on}}


def told(events, before):
    """The history of a redriven execution: what was before, and the rest, without the states that only lead to where it was left."""
    if not before:
        return events
    offset, ours = len(before), set()
    after = []
    for event in events:
        details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails") or {}
        if event["type"] == "ExecutionStarted" or details.get("name", "").startswith(LEFT):
            ours.add(event["id"])
            continue
        previous = event.get("previousEventId", 0)
        previous = offset if previous in ours or previous == 0 else previous + offset
        after.append({**event, "id": event["id"] + offset, "previousEventId": previous})
    return before + after


history = Execution.to_history_output


def to_history_output(self):
    return {"events": told(history(self)["events"], getattr(self, "before_redrive", []))}


def redrive_execution(self):
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    if execution.status not in ("FAILED", "ABORTED", "TIMED_OUT"):
        raise NotRedrivable(f"Execution is {execution.status} and cannot be redriven")
    events = execution.to_history_output()["events"]
    definition = json.dumps(resumed(json.loads(execution.state_machine.definition), events))
    now = datetime.datetime.now(tz=datetime.timezone.utc)
    execution.redrive_count = getattr(execution, "redrive_count", 0) + 1
    last = events[-1]["id"]
    redriven = {
        "id": last + 1,
        "previousEventId": last,
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "type": api.HistoryEventType.ExecutionRedriven,
        "executionRedrivenEventDetails": {"redriveCount": execution.redrive_count},
    }
    execution.before_redrive = [*events, redriven]
    execution.error = execution.cause = execution.output = execution.stop_date = None
    execution.exec_status = api.ExecutionStatus.RUNNING
    execution.exec_worker = execution._get_start_execution_worker()
    execution.exec_worker._evaluation_details.state_machine_details.definition = definition
    execution.exec_worker.start()
    return responses.ActionResult({"redriveDate": now})


environment = ExecutionWorker._get_evaluation_environment


def environment_with_redrives(self):
    made = environment(self)
    execution = self._execution_communication.execution
    made.states.context_object.context_object_data["Execution"]["RedriveCount"] = getattr(execution, "redrive_count", 0)
    return made


described = StepFunctionResponse.describe_execution


def describe_execution(self):
    answer = described(self)
    execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
    answer.result["redriveCount"] = getattr(execution, "redrive_count", 0)
    return answer


StepFunctionsParserBackend.start_execution = start_execution
StepFunctionResponse.send_task_failure = send_task_failure
StepFunctionResponse.redrive_execution = redrive_execution
StepFunctionResponse.describe_execution = describe_execution
Execution.to_history_output = to_history_output
ExecutionWorker._get_evaluation_environment = environment_with_redrives

if __name__ == "__main__":
    main()
