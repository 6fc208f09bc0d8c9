// SPDX-License-Identifier: Apache-2.0
// One side of matter.js's SPAKE2+ at a time, for bench-spake2p: for each line
// on standard input, what the prover's and the verifier's side took, in
// microseconds.  The crypto is what matter.js chooses on Node.js.
import { createInterface } from "node:readline";
import { Crypto, Environment, Spake2p } from "@matter/main";

const crypto = Environment.default.get(Crypto);
const context = new Uint8Array(32).fill(7);
const parameters = { iterations: 1000, salt: new Uint8Array(32).fill(1) };
const { w0, w1 } = await Spake2p.computeW0W1(crypto, parameters, 20202021);
const { L } = await Spake2p.computeW0L(crypto, parameters, 20202021);
const peerX = Spake2p.create(crypto, context, w0).computeX();
const peerY = Spake2p.create(crypto, context, w0).computeY();

async function prover() {
    const run = Spake2p.create(crypto, context, w0);
    const X = run.computeX();
    await run.computeSecretAndVerifiersFromY(w1, X, peerY);
}

async function verifier() {
    const run = Spake2p.create(crypto, context, w0);
    const Y = run.computeY();
    await run.computeSecretAndVerifiersFromX(L, peerX, Y);
}

// The second of two: being woken up is not held against it.
async function time(side) {
    await side();
    const start = process.hrtime.bigint();
    await side();
    return Number(process.hrtime.bigint() - start) / 1000;
}

for await (const line of createInterface({ input: process.stdin }))
    console.log(`${await time(prover)} ${await time(verifier)}`);
