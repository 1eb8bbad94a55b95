"""Deploys a template into moto, in this process, and says what came of it. stdin: {"template", "objects"}."""

import json
import sys

import boto3
from moto import mock_aws

text = sys.stdin.read()
# moto does not know aliases of functions: the function stands in the alias's place.
for name in ("Submit", "Status", "Cancel", "Watch"):
    text = text.replace('{"Ref":"%sAlias"}' % name, '{"Fn::GetAtt":["%sFunction","Arn"]}' % name)
    text = text.replace("${%sAlias}" % name, "${%sFunction.Arn}" % name)
given = json.loads(text)
template = given["template"]
at = dict(region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


def client(service):
    return boto3.client(service, **at)


def surroundings():
    """What is there before: a network, and a bucket with the code."""
    ec2 = client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    s3 = client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in given["objects"]:
        s3.put_object(Bucket="code", Key=key, Body=EMPTY_ZIP)
    return {
        "VpcId": vpc,
        "SubnetIds": ec2.describe_subnets()["Subnets"][0]["SubnetId"],
        "PrimarySecurityGroupId": ec2.create_security_group(GroupName="primary", Description="primary", VpcId=vpc)["GroupId"],
        "CodeBucket": "code",
        "Cluster": "nightly",
    }


@mock_aws
def deploy():
    known = surroundings()
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName="livywire",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value}
            for name, value in known.items()
            if name in template.get("Parameters", {})
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    stack = cloudformation.describe_stacks(StackName="livywire")["Stacks"][0]
    made = cloudformation.describe_stack_resources(StackName="livywire")["StackResources"]
    names = {one["LogicalResourceId"] for one in made if "LogicalResourceId" in one}
    states = client("stepfunctions")
    machine = states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    events = client("events")
    print(
        json.dumps(
            {
                "status": stack["StackStatus"],
                "unknown": sorted({one["Type"] for name, one in template["Resources"].items() if name not in names}),
                "outputs": {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])},
                "machine": machine,
                "definition": json.loads(states.describe_state_machine(stateMachineArn=machine)["definition"]),
                "targets": {
                    rule["Name"]: [one["Arn"] for one in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]]
                    for rule in events.list_rules()["Rules"]
                },
                "functions": {
                    one["FunctionName"]: one.get("Environment", {}).get("Variables")
                    for one in client("lambda").list_functions()["Functions"]
                },
            }
        )
    )


deploy()
