/** The tabs of the scaling chart. Their meaning is in quantities.ts, which loads with the chart. */
export const quantityNames = ['time', 'speedup', 'efficiency', 'cost', 'steps', 'imbalance'] as const;
export type QuantityName = (typeof quantityNames)[number];
