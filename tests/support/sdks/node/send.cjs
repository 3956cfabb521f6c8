// Segment's own Gameball destination, unmodified: the base URL and the key are changed, as for any client.
// Reads {"customer", "events"} from standard input, sends each event as Segment does, writes what came back.
const { Destination } = require('@segment/actions-core')

const inside = '@segment/action-destinations/dist/destinations/gameball'
const { endpoints } = require(`${inside}/util`)
const definition = require(inside).default

async function main() {
  const asked = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
  endpoints.baseApiUrl = process.env.BASE_URL
  const settings = { apiKey: process.env.KEY, secretKey: 'unused' }
  const destination = new Destination(definition)
  const mapping = { name: { '@path': '$.event' }, metadata: { '@path': '$.properties' }, playerUniqueId: { '@path': '$.userId' } }
  const answers = []
  for (const [event, properties] of Object.entries(asked.events)) {
    const track = { type: 'track', messageId: `${asked.customer}-${event}`, userId: asked.customer, event, properties }
    await destination.executeAction('trackEvent', { event: track, settings, mapping })
    const last = destination.responses.at(-1)
    answers.push({ status: last.status, body: last.data })
  }
  console.log(JSON.stringify(answers))
}

main()
