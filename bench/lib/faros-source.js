// The source of the emit measurement on faros-airbyte-cdk, which CUTTLE_FAROS names: the stream `object` of kit-source.js.
const { AirbyteSourceBase, AirbyteSourceLogger, AirbyteSourceRunner, AirbyteSpec, AirbyteStreamBase } = require(
  process.env.CUTTLE_FAROS,
);
const { readPages } = require('./pages.js');

// Its name is the snake case of the class name.
class Object_ extends AirbyteStreamBase {
  constructor(file, logger) {
    super(logger);
    this.file = file;
  }

  get name() {
    return 'object';
  }

  getJsonSchema() {
    return { type: 'object' };
  }

  get primaryKey() {
    return '_id';
  }

  async *readRecords() {
    for (const answer of readPages(this.file)) yield* JSON.parse(answer.toString()).results;
  }
}

class Answers extends AirbyteSourceBase {
  get type() {
    return 'answers';
  }

  async spec() {
    return new AirbyteSpec({
      connectionSpecification: { type: 'object', properties: { pages_file: { type: 'string' } } },
    });
  }

  async checkConnection() {
    return [true, undefined];
  }

  streams(config) {
    return [new Object_(config.pages_file, this.logger)];
  }
}

const logger = new AirbyteSourceLogger();
void new AirbyteSourceRunner(logger, new Answers(logger)).mainCommand().parseAsync(process.argv);
