// Sends with Segment's library for Node what the test tells it to, and prints what became of it.
import { Analytics } from "@segment/analytics-node";

const told = JSON.parse(process.argv[2]);
const failed = [];
const answers = [];
const analytics = new Analytics({
  writeKey: told.key,
  host: told.url,
  maxRetries: told.retries,
  flushAt: told.flush_at,
  flushInterval: 100,
});
analytics.on("error", (error) => failed.push(error.reason?.message ?? String(error.code)));
analytics.on("http_response", (response) => answers.push(response.status));
for (const call of told.calls) {
  analytics[call.method](call.message);
}
await analytics.closeAndFlush();
console.log(JSON.stringify({ failed, answers }));
