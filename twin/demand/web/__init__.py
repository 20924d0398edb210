"""Web carts: who wants which SKUs, when, where to, and whether the cart becomes an order; drawn in keyed blocks or replayed."""
