#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The cloud answers once consent is given; whatever it says, the decision stands and is delivered later.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import json
import subprocess
import unittest

from wattle_test.case import Case
from wattle_test.client import ROOT
from wattle_test.liars import CloudLiar, http_answer


class LyingCloud(Case):
    """The cloud answers once consent is given; whatever it says, the decision stands and is delivered later."""

    def setUp(self):
        super().setUp()
        self.switch_on()
        self.device = self.client.set_up(self.unit)
        self.session.cloud.stop()

    def liar(self, script=None, certificate=None, key=None):
        """On the real cloud's port; the real one is behind it on another."""
        keys = self.session.dir / 'cloud'
        hidden = self.session.process('cloud-behind', [
            *self.session.cloud.argv, '--listen', '127.0.0.1:0'])
        hidden.start()
        port = int(hidden.wait_for(r'listening https://127\.0\.0\.1:(\d+)').group(1))
        self.addCleanup(hidden.kill)
        self.behind = hidden
        return CloudLiar(self.session.cloud_port, certificate or keys / 'tls-cert.pem', key or keys / 'tls-key.pem',
                         port, script)

    def cloud_state(self):
        return self.client.get(self.device, 'Device.Cloud')

    def is_confirmed(self):
        return self.client.purposes(self.device)['cloud-history']['cloud'] == 'confirmed'

    def give(self):
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')

    def assert_waits(self, liar):
        self.wait(lambda: liar.requests, 'the cloud was asked')
        self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'the cloud owes an answer')
        purpose = self.client.purposes(self.device)['cloud-history']
        self.assertEqual((purpose['state'], purpose['cloud']), ('given', 'outstanding'))
        self.assertGreater(purpose['outstanding-since'], 0)

    def assert_delivered_later(self):
        self.behind.stop()
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(self.is_confirmed, 'the true cloud confirms')

    def lie(self, script):
        with self.liar(script) as liar:
            self.give()
            self.assert_waits(liar)
        self.assert_delivered_later()

    def test_errors(self):
        self.lie(lambda request, respond: http_answer(503, b'{"code": "busy"}', 'application/problem+json'))

    def test_rubbish(self):
        self.lie(lambda request, respond: b'\0\1\2 what? \r\n\r\n')

    def test_not_json(self):
        self.lie(lambda request, respond: http_answer(201, b'<html>welcome</html>', 'text/html'))

    def test_deep_json(self):
        self.lie(lambda request, respond: http_answer(201, b'[' * 50000))

    def test_endless(self):
        self.lie(lambda request, respond: http_answer(201, b'{"account": "' + b'a' * 20_000_000 + b'"}'))

    def test_redirect(self):
        self.lie(lambda request, respond: b'HTTP/1.1 307 Away\r\nLocation: https://127.0.0.1:1/\r\n'
                                          b'Content-Length: 0\r\nConnection: close\r\n\r\n')

    def test_hangs_up(self):
        self.lie(lambda request, respond: None)

    def test_hangs_up_in_the_middle(self):
        self.lie(lambda request, respond: b'HTTP/1.1 201 Made\r\nContent-Type: application/json\r\n'
                                          b'Content-Length: 500\r\nConnection: close\r\n\r\n{"acc')

    def test_forged_receipt(self):
        def script(request, respond):
            answer = respond()
            if b'/consent ' not in request.split(b'\r\n')[0] + b' ':
                return answer
            head, body = answer.split(b'\r\n\r\n', 1)
            body = json.loads(body)
            begin, middle, end = body['receipt'].split('.')
            body['receipt'] = '.'.join((begin, middle, ('A' if end[0] != 'A' else 'B') + end[1:]))
            return http_answer(200, json.dumps(body).encode())
        self.lie(script)

    def test_answer_lost(self):
        """Each request is carried out, but its answer is lost once: all may be repeated."""
        seen = set()

        def script(request, respond):
            answer = respond()
            line = request.split(b'\r\n')[0]
            if line in seen:
                return answer
            seen.add(line)
            return None
        with self.liar(script):
            self.give()
            while not self.is_confirmed():
                lost = len(seen)
                self.assertLess(lost, 12, 'the requests do not end')
                self.restart_daemon()  # does not wait for the pause between tries
                self.wait(lambda lost=lost: self.is_confirmed() or len(seen) > lost, 'the next request')

    def test_false_cloud(self):
        """Another key at the right address: nothing is said to it."""
        other = self.session.dir / 'false'
        subprocess.run([self.session.build / 'cloud/wattle-cloud', '--init', '--data', other], check=True,
                       env=self.session.env, stdout=subprocess.DEVNULL)
        with self.liar(None, other / 'tls-cert.pem', other / 'tls-key.pem') as liar:
            self.give()
            self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'it is not trusted')
            self.client.pause(1)
            self.assertEqual(liar.requests, [])
        self.assert_delivered_later()

    def test_nobody_there(self):
        self.give()
        self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'the cloud is away')
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(lambda: self.cloud_state() == 'active', 'the cloud is back')

    def test_wipe_without_the_cloud(self):
        """The wipe waits for the cloud, says so, and goes on when it is back."""
        self.session.start_cloud()
        self.give()
        self.wait(lambda: self.cloud_state() == 'active', 'the cloud takes part')
        self.session.cloud.stop()
        self.client.register_agent()
        job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job, 'waiting')
        error, sentence = self.client.get(job, 'Job.Error')
        self.assertIn(error, ('CloudUnreachable', 'Unreachable'))
        self.assertGreater(len(sentence), 15)
        steps = {step: state for step, _, state in self.client.get(job, 'Job.Steps')}
        self.assertEqual(steps['device'], 'done')
        self.client.fails('Busy', self.client.call, self.device, 'Wipe.Start', '(a{sv})', {})
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(lambda: [r for r in self.client.call(ROOT, 'Manager.ListReceipts')
                           if r['kind'] == 'wipe' and r['complete']], 'the wipe is finished')


if __name__ == '__main__':
    unittest.main(verbosity=2)
