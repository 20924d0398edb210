"""Small scenarios with web orders in which much goes wrong: stock is scarce, shrinks unseen, and is not all in one place."""

SCARCE = """
name: scarce
time: {start: 2026-03-02, days: 4, timezone: America/New_York}
seed: 3
replications: 2
catalog:
  items:
    - {sku: A, category: toys, cost: 4, price: 10, weight_kg: .5}
    - {sku: B, category: toys, cost: 6, price: 19, weight_kg: 1}
    - {sku: C, category: food, cost: 1, price: 3, weight_kg: 2}
network:
  locations:
    - {id: S1, kind: store, at: [40.70, -74.00]}
    - {id: S2, kind: store, at: [41.80, -72.70]}
    - {id: F1, kind: fc, at: [40.10, -75.00], cut_off: "18:00"}
    - {id: F2, kind: fc, at: [42.30, -71.10]}
    - {id: V1, kind: supplier}
  lanes:
    - {from: V1, to: F1, transit: 1d}
    - {from: V1, to: F2, transit: 2d}
    - {from: F1, to: S1, transit: 1d}
    - {from: F2, to: S2, transit: 1d}
  zones: [{id: NY, at: [40.71, -74.01], share: .6}, {id: BOS, at: [42.36, -71.06], share: .4}]
demand:
  pos:
    - {at: {kind: store}, sku: A, rate: 20/d}
    - {at: {kind: store}, sku: B, rate: 10/d}
    - {at: {kind: store}, sku: C, rate: 10/d}
  web:
    - orders_per_day: 300
      lines: {1: .5, 2: .3, 3: .2}
      checkout: {dist: exponential, mean: 10m}
      abandon: .5
      pickup_share: .15
      cancel: {share: .05, delay: {dist: exponential, mean: 10m}}
  unmet: {pos: lost, web: backorder}
inventory: {opening: [{where: {kind: fc}, units: 60}, {units: 25}], shrink: {rate: 1/d}}
operations:
  stations:
    pick: {servers: 2, time: {dist: exponential, mean: 4m}, next: pack}
    pack: {servers: 2, time: 3m}
ship_from_store: [{where: {kind: store}}]
carriers: [{id: post, pickup: ["12:00", "17:00"], transit: {dist: exponential, mean: 18h}}]
promise: {delivery: 2d, pickup: {ready: 2h, hold: 2d, no_show: .1}}
policies:
  reservation: {use: standard, soft_ttl: 15m, hard_ttl: 24h, oversell: .1}
  routing: {use: proximity, max_shipments: 3}
  reorder:
    - {where: {kind: store}, use: base_stock, level: 40, review: 1d}
    - {where: {kind: fc}, use: base_stock, level: 150, review: 1d}
variants:
  by-cost: {policies.routing.use: cost}
"""
