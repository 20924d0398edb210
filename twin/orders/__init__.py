"""The book of orders: what carts hold, what orders are promised, who ships them. Runs in production: nothing of the world here."""
