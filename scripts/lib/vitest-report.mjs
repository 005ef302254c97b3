// A Vitest reporter for `npm test`: what it counts, and the names it ends with, as JSON.
import { writeFileSync } from 'node:fs';

const firstLine = (error) => (error?.message ?? '').split('\n')[0].slice(0, 300);

export default class VitestReport {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, failed: 0, skipped: 0, failures: [], secondTries: [] };
    for (const module of modules) {
      let failures = 0;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state in report) report[state] += 1;
        const said = `${module.relativeModuleId}: ${test.fullName} (${firstLine(errors?.[0])})`;
        if (state === 'failed') failures = report.failures.push(said);
        else if (test.diagnostic()?.flaky) report.secondTries.push(said);
      }
      // A file that could not be loaded, or whose hooks failed, names itself.
      if (module.state() === 'failed' && failures === 0) {
        const said = firstLine(module.errors()[0]) || 'a hook failed';
        report.failures.push(`${module.relativeModuleId}: ${said}`);
      }
    }
    for (const { message } of unhandled) report.failures.push(`outside of any test: ${message}`);
    writeFileSync(process.env.LITMATTER_TEST_REPORT, JSON.stringify(report));
  }
}
