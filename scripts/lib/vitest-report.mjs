// A Vitest reporter for `npm test`: what it counts, and the names it ends with, as JSON.
import { writeFileSync } from 'node:fs';

export default class VitestReport {
  onTestRunEnd(modules, unhandled) {
    const report = { passed: 0, failed: 0, skipped: 0, failures: [], secondTries: [] };
    for (const module of modules) {
      let failures = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        const name = `${module.relativeModuleId}: ${test.fullName}`;
        if (state in report) report[state] += 1;
        if (state === 'failed') failures = report.failures.push(name);
        else if (test.diagnostic()?.flaky) report.secondTries.push(name);
      }
      // A file that could not be loaded, or whose hooks failed, names itself.
      if (module.state() === 'failed' && failures === 0) {
        const [error] = module.errors();
        report.failures.push(
          `${module.relativeModuleId}: ${error?.message.split('\n')[0] ?? 'a hook failed'}`,
        );
      }
    }
    for (const { message } of unhandled) report.failures.push(`outside of any test: ${message}`);
    writeFileSync(process.env.LITMATTER_TEST_REPORT, JSON.stringify(report));
  }
}
