"""What becomes of web orders in the world: customers who check out, cancel and return, buildings that pick and ship, carriers."""
