# The part of PyPI's standardwebhooks that the recipe uses, by hand, where it is not installed
# (github.com/standard-webhooks/standard-webhooks, "Verifying webhook authenticity").

import base64
import hashlib
import hmac
import json
import time


class Webhook:
    def __init__(self, secret):
        assert secret.startswith("whsec_")
        self.key = base64.b64decode(secret[len("whsec_"):], validate=True)
        assert 24 <= len(self.key) <= 64

    def verify(self, data, headers):
        fields = {name.lower(): value for name, value in headers.items()}
        at = fields["webhook-timestamp"]
        if abs(time.time() - int(at)) > 300:
            raise ValueError("too old or too new")
        signed = f"{fields['webhook-id']}.{at}.".encode() + data
        tag = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        given = fields["webhook-signature"].split(" ")
        if not any(hmac.compare_digest(f"v1,{tag}", signature) for signature in given):
            raise ValueError("no signature matches")
        return json.loads(data)
