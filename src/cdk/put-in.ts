import { Aws, type CfnResource } from 'aws-cdk-lib';
import { intrinsicOf, mapValue, type Value } from '../workflow/index.js';

const KNOWN: Readonly<Record<string, string>> = {
  'AWS::Region': Aws.REGION,
  'AWS::AccountId': Aws.ACCOUNT_ID,
  'AWS::Partition': Aws.PARTITION,
};

/** Says what refers to other resources of a description in the CDK's own tokens: logical names are the CDK's to choose. */
export class PutIn {
  readonly #made = new Map<string, CfnResource>();

  add(id: string, resource: CfnResource): void {
    this.#made.set(id, resource);
  }

  #resource(id: string): CfnResource {
    const found = this.#made.get(id);
    if (!found) throw new TypeError(`${id} is referred to before it is made`);
    return found;
  }

  #ref(name: string): string {
    return KNOWN[name] ?? this.#resource(name).ref;
  }

  #att(name: string, attribute: string): string {
    return this.#resource(name).getAtt(attribute).toString();
  }

  #sub(text: string): string {
    return text
      .split(/(\$\{[^}]*\})/)
      .map((part) => {
        const [, inner] = /^\$\{([^}]*)\}$/.exec(part) ?? [];
        if (inner === undefined) return part;
        if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
        // A token of the CDK's own, in what was given.
        if (inner.startsWith('Token[')) return part;
        const [name = '', attribute] = inner.split('.');
        return attribute === undefined ? this.#ref(name) : this.#att(name, attribute);
      })
      .join('');
  }

  text(value: Value): string {
    const made = this.value(value);
    if (typeof made === 'string') return made;
    throw new TypeError(`a text is needed, not ${JSON.stringify(made)}`);
  }

  value(value: Value): Value {
    return mapValue(value, (one) => {
      const made = intrinsicOf(one);
      if (made?.kind === 'ref') return this.#ref(made.name);
      if (made?.kind === 'att') return this.#att(made.name, made.attribute);
      return made?.kind === 'sub' ? this.#sub(made.text) : undefined;
    });
  }
}
