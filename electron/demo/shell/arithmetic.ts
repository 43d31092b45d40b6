const token = /\s*([0-9]+|[A-Za-z_][A-Za-z0-9_]*|<=|>=|==|!=|&&|\|\||[-+*/%()<>!])/y;

const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const apply = (operator: string, left: number, right: number): number => {
  switch (operator) {
    case '||':
      return Number(left !== 0 || right !== 0);
    case '&&':
      return Number(left !== 0 && right !== 0);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<=':
      return Number(left <= right);
    case '>=':
      return Number(left >= right);
    case '<':
      return Number(left < right);
    case '>':
      return Number(left > right);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.trunc(left / right);
    default:
      return left % right;
  }
};

/** The value of `$((text))`, whole numbers. */
export const calculate = (text: string, valueOf: (name: string) => string): number => {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) tokens.push(found[1] ?? '');
  let at = 0;

  const unary = (): number => {
    const next = tokens[at] ?? '0';
    at += 1;
    if (next === '-') return -unary();
    if (next === '+') return unary();
    if (next === '!') return Number(unary() === 0);
    if (next === '(') {
      const value = binary(0);
      at += 1;
      return value;
    }
    return Number(/^[0-9]/.test(next) ? next : valueOf(next) || 0);
  };
  const binary = (level: number): number => {
    const operators = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operator = tokens[at] ?? '';
      at += 1;
      left = apply(operator, left, binary(level + 1));
    }
    return left;
  };
  return binary(0);
};
