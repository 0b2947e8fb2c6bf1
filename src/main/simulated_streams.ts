import { Buffer } from 'node:buffer'
import { ApiError } from '../api/error.ts'
import type { StreamingPort } from '../server/http/streaming_port.ts'

/** Logs and tunnels of simulated pods: there are none, and whoever asks is told so at once. */
export const simulatedStreams: StreamingPort = {
  async log(pod, { container }, sink) {
    sink.write(Buffer.from(`${describe(pod)}: container "${container}" runs no process, so it has no log.\n`))
    sink.end()
  },
  async tunnel({ pod, kind }) {
    throw new ApiError({
      code: 400,
      reason: 'BadRequest',
      message: `${describe(pod)}: it runs no process, so there is nothing for ${kind} to connect with (start the cluster with --runtime containerd)`,
    })
  },
}

const describe = (pod: Parameters<StreamingPort['log']>[0]): string =>
  `pod "${pod.metadata.name}" is simulated by node "${pod.spec.nodeName ?? ''}"`
