import { Fragment } from 'react';

/** Words with their exponents set high: "t = A n^-0.42" as it is written by hand. */
export function Powers({ children }: { readonly children: string }) {
  const [first, ...raised] = children.split('^');
  return (
    <>
      {first}
      {raised.map((text, index) => {
        const [, exponent = '', rest = ''] = /^(-?(?:[\d.]*\d|\p{L}+))(.*)$/su.exec(text) ?? [];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other identity
          <Fragment key={index}>
            <sup>{exponent.replace('-', '−')}</sup>
            {rest}
          </Fragment>
        );
      })}
    </>
  );
}
