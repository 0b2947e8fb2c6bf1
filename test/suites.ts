/** All of `npm test` on two cores; a minute more for the packages makes the 45 that a change may wait. */
export const BUDGET_SECONDS_MAX = 44 * 60

/** One part of `npm test`, with the time that it may take on two cores. What one leaves, later ones may use. */
export interface Suite {
  readonly name: string
  readonly about: string
  readonly budgetSeconds: number
  /** Patterns of `node:test` files … */
  readonly files?: readonly string[]
  /** … or a command, run in the project's folder. */
  readonly command?: readonly string[]
  /** Test files at once; two unless said. */
  readonly concurrency?: number
}

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
}

const node = process.execPath

/** In the order in which they run: what fails fastest comes first. */
export const suites: readonly Suite[] = [
  { name: 'types', about: 'the compiler accepts everything', budgetSeconds: 40, command: ['node_modules/.bin/tsc'] },
  {
    name: 'lint',
    about: 'style and common mistakes',
    budgetSeconds: 40,
    command: ['node_modules/.bin/biome', 'check', '.'],
  },
  { name: 'tidy', about: 'layers, sizes and habits', budgetSeconds: 40, files: ['test/tidy/*.test.ts'] },
  {
    name: 'unit',
    about: 'each part on its own',
    budgetSeconds: 180,
    files: ['src/**/*.test.ts', 'conformance/**/*.test.ts', 'test/fuzz/*.test.ts', 'test/proof/*.test.ts'],
  },
  {
    name: 'simulation',
    about: 'controllers under faults, in virtual time',
    budgetSeconds: 160,
    files: ['simulation/**/*.test.ts'],
  },
  {
    name: 'conformance',
    about: 'recorded answers of Kubernetes v1.36.3',
    budgetSeconds: 440,
    command: [node, 'test/conformance.ts'],
  },
  {
    name: 'cluster',
    about: 'whole clusters: processes, kubectl, containers',
    budgetSeconds: 720,
    files: ['test/cluster/*.test.ts'],
    concurrency: 1,
  },
  {
    name: 'clients',
    about: 'the clients that people use, against whole clusters',
    budgetSeconds: 240,
    files: ['test/clients/*.test.ts'],
    concurrency: 1,
  },
  {
    name: 'tutorials',
    about: 'the documents, command by command, on real containers',
    budgetSeconds: 780,
    command: [node, 'test/tutorials.ts'],
  },
]
