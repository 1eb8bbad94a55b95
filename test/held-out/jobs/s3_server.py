"""An S3 on 127.0.0.1 that knows users and what they may do; prints its address and the keys of a user who may only look at one folder."""
import json
import os
import time

os.environ.update(AWS_ACCESS_KEY_ID="admin", AWS_SECRET_ACCESS_KEY="admin", AWS_DEFAULT_REGION="eu-west-1")
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "5"

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
s3 = boto3.client("s3", endpoint_url=url, region_name="eu-west-1")
iam = boto3.client("iam", endpoint_url=url, region_name="eu-west-1")
s3.create_bucket(Bucket="shop-landing", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_object(Bucket="shop-landing", Key="orders/a.csv", Body=b"1,2\n")
iam.create_user(UserName="reader")
policy = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shop-landing"}],
}
iam.put_user_policy(UserName="reader", PolicyName="look", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="reader")["AccessKey"]
answer = {"S3_ENDPOINT": url, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
print(json.dumps(answer), flush=True)
while True:
    time.sleep(60)
