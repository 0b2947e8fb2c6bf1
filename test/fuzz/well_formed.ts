import assert from 'node:assert/strict'
import type { Question, Reply, TestServer } from '../../src/server/testing/test_server.ts'

/** No answer may take more of the processor: one blocked event loop is a blocked cluster. Waiting costs nothing. */
const WORK_MS_MAX = 1_000

/** Asks, and checks that the answer is one: in time, with a code of HTTP, and a Status that says what is wrong. Tells the code. */
export async function checkAnswer(cluster: TestServer, question: Question): Promise<number> {
  const before = process.cpuUsage()
  const reply = await cluster.ask(question)
  const workMs = process.cpuUsage(before).user / 1000
  assert.ok(workMs < WORK_MS_MAX, `the answer took ${Math.round(workMs)} ms of work`)
  assert.ok(reply.status >= 200 && reply.status < 600, `the code is ${reply.status}`)
  if (reply.status >= 400) checkRefusal(reply)
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  return reply.status
}

function checkRefusal(reply: Reply): void {
  const type = String(reply.headers['content-type'])
  if (type === 'application/json') {
    const { kind, status, message, code } = reply.json ?? {}
    assert.deepEqual([kind, status, code, typeof message], ['Status', 'Failure', reply.status, 'string'])
    // Some of upstream's own refusals are 500, with a text that says why; a fault of the program has this beginning.
    assert.ok(reply.status !== 500 || !message.startsWith('Internal error occurred: '), `a fault: ${message}`)
    return
  }
  assert.ok(
    ['application/yaml', 'application/vnd.kubernetes.protobuf', 'text/plain; charset=utf-8'].includes(type),
    type,
  )
}
