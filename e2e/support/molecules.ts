/** Methane and its halides in a line each, with a number to learn. */
export const halides = ['H', 'F', 'Cl', 'Br']
  .flatMap((element, k) =>
    Array.from({ length: 5 }, (_, copy) =>
      [
        `${element} ${copy}`,
        '  made by hand',
        '',
        '  2  1  0  0  0  0  0  0  0  0999 V2000',
        '    0.0000    0.0000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0',
        `    ${(1.1 + 0.2 * k + 0.01 * copy).toFixed(4)}    0.0000    0.0000 ${element.padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`,
        '  1  2  1  0',
        'M  END',
        '> <strength>',
        String(4 - 0.5 * k + 0.01 * copy),
        '',
        '$$$$',
      ].join('\n'),
    ),
  )
  .join('\n');
