// Sends the requests of a plan (JSON on stdin) over some connections, one after another on each, and reads every answer.
// Prints as JSON: answers and their statuses, seconds, percentiles in ms, and its own CPU in microseconds.
import { text } from 'node:stream/consumers'
import autocannon from 'autocannon'

const { url, headers, queues, seconds, once } = JSON.parse(await text(process.stdin))
const answers = []
const statuses = {}
let next = 0
let bytes = 0
let began
let cpu
let over = Infinity // once: when the first connection has no request left

function done(error, result) {
  const spent = process.cpuUsage(cpu)
  // While connections are opened, and while some have no request left, the load is not that of all connections.
  const from = once ? began : began + 50 * seconds
  const until = Math.min(over, answers.at(-1)?.[0] ?? from)
  const counted = answers.filter(([at]) => at >= from && at <= until)
  const times = counted.map(([, took]) => took).sort((a, b) => a - b)
  const percentile = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
  console.log(JSON.stringify({
    seconds: (until - from) / 1000,
    counted: counted.length,
    all: answers.length,
    bytes,
    p50: percentile(0.5),
    p99: percentile(0.99),
    cpu: spent.user + spent.system,
    errors: result.errors + result.timeouts,
    statuses
  }))
}

const instance = autocannon({
  url,
  connections: queues.length,
  duration: seconds,
  sampleInt: 50,
  timeout: 60,
  maxConnectionRequests: once ? queues[0].length : undefined,
  setupClient(client) {
    const queue = queues[next++]
    client.left = queue.length
    client.setRequests(queue.map((each) => ({ ...each, headers: { ...headers, ...each.headers } })))
  }
}, done)

instance.on('start', () => {
  began = performance.now()
  cpu = process.cpuUsage()
})
instance.on('response', (client, status, size, milliseconds) => {
  const now = performance.now()
  answers.push([now, milliseconds])
  statuses[status] = (statuses[status] ?? 0) + 1
  bytes += size
  if (once && --client.left === 0 && over === Infinity) over = now
})
