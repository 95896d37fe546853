// Preloaded into commands by tests: moves the clock. CUTTLE_TEST_CLOCK is an ISO time, at which the process believes to
// start, or a signed number of milliseconds by which its clock is off. Durations (performance.now) are not touched.
const given = process.env.CUTTLE_TEST_CLOCK;
const RealDate = Date;

if (given !== undefined && given !== '') {
  const realNow = RealDate.now.bind(RealDate);
  const offset = /^[-+]?\d+$/.test(given) ? Number(given) : RealDate.parse(given) - realNow();
  globalThis.Date = class ShiftedDate extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(realNow() + offset);
      else super(...args);
    }

    static now() {
      return realNow() + offset;
    }
  };
}
