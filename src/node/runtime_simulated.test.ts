import { VirtualClock } from '../base/virtual_clock.ts'
import { SimulatedRuntime } from './runtime_simulated.ts'
import { runtimeSuite } from './runtime_suite.ts'

runtimeSuite('simulated', async () => {
  const clock = new VirtualClock()
  let addresses = 0
  const runtime = new SimulatedRuntime({
    clock,
    idPrefix: 'c',
    nextIp: () => `10.0.0.${++addresses}`,
    imageExists: (reference) => !reference.includes('.invalid/'),
  })
  return {
    runtime,
    image: 'example/app:1',
    command: [],
    sandbox: {},
    pass: (ms) => clock.advance(ms),
    close: async () => {},
  }
})
