import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ApiError } from '../../api/error.ts'
import type { ContainerStreamRequest, NodeStreams } from '../../node/streams.ts'
import { openAgentPipe } from './agent_client.ts'
import { openAgentDoor } from './agent_door.ts'

test('a command of many thousand characters reaches the agent whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'berth-door-'))
  const socket = join(folder, 'agent.sock')
  const word = 'a'.repeat(100_000)
  const streams: NodeStreams = {
    log: () => Promise.reject(new Error('not asked for')),
    streamUrl: async (request) => {
      const message = `got ${JSON.stringify(request).split(word).length - 1} word`
      throw new ApiError({ code: 400, reason: 'BadRequest', message })
    },
  }
  const door = await openAgentDoor(socket, streams)
  try {
    const wanted = { command: ['echo', word], pod: {} } as unknown as ContainerStreamRequest
    await assert.rejects(openAgentPipe(socket, wanted, []), (error) => {
      assert.ok(error instanceof ApiError)
      assert.equal(error.message, 'got 1 word')
      return true
    })
  } finally {
    await door.close()
    rmSync(folder, { recursive: true })
  }
})
