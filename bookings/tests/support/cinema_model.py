"""A small model of one showtime, who has locked, booked and paid what, for test_stateful."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOLD = timedelta(minutes=10)
CEILING = timedelta(minutes=30)


@dataclass(eq=False)
class Order:
    """A booking in the model.

    `money` is none, page (the payment page was opened), in_transit (paid, not settled) or settled.
    """

    key: str
    visitor: int
    seats: list
    until: datetime
    status: str = "PENDING"
    money: str = "none"
    asked: int = 0  # the order in which payment pages were opened

    def status_at(self, now):
        return "EXPIRED" if self.status == "PENDING" and self.until <= now else self.status


@dataclass
class Cinema:
    now: datetime
    locks: dict = field(default_factory=dict)  # seat → (owner, until); an owner is a visitor or an Order
    first: dict = field(default_factory=dict)  # visitor → when they first held
    orders: list = field(default_factory=list)
    redis: bool = True

    def sold(self):
        return {seat for order in self.orders if order.status == "CONFIRMED" for seat in order.seats}

    def pending(self):
        """Return {seat: the payable Order}."""
        return {seat: order for order in self.orders if self.is_payable(order) for seat in order.seats}

    def locked(self):
        return {seat: owner for seat, (owner, until) in self.locks.items() if until > self.now}

    def is_payable(self, order):
        return order.status_at(self.now) == "PENDING"

    def waiting(self, visitor):
        return any(self.is_payable(order) for order in self.orders if order.visitor == visitor)

    def held_by(self, owner):
        return sorted(seat for seat, holder in self.locked().items() if holder == owner)

    def unavailable_to(self, owner, seats):
        """Return the seats that this owner can't lock now. An Order may take what its visitor has locked."""
        sold, pending, locked = self.sold(), self.pending(), self.locked()
        own = (owner, owner.visitor) if isinstance(owner, Order) else (owner,)
        return [
            seat
            for seat in seats
            if seat in sold or pending.get(seat, owner) != owner or locked.get(seat, owner) not in own
        ]

    def hold(self, visitor, seats):
        """Lock the seats for the visitor instead of any others. Return the deadline."""
        self.free(visitor)
        if self.first.get(visitor, self.now - CEILING) + CEILING <= self.now:
            self.first[visitor] = self.now
        until = min(self.now + HOLD, self.first[visitor] + CEILING)
        self.locks |= dict.fromkeys(seats, (visitor, until))
        return until

    def free(self, owner):
        """Free the owner's locks, if Redis is up to be told so."""
        if self.redis:
            self.locks = {seat: lock for seat, lock in self.locks.items() if lock[0] != owner}

    def book(self, visitor, key, seats):
        order = Order(key, visitor, seats, self.now + HOLD)
        self.free(visitor)
        self.locks |= dict.fromkeys(seats, (order, order.until))
        self.orders.append(order)
        return order

    def ask(self, order):
        """Open the payment page: from now on there is an intent."""
        order.asked = order.asked or max(one.asked for one in self.orders) + 1
        order.money = "page" if order.money == "none" else order.money

    def confirm(self, order):
        order.status, order.money = "CONFIRMED", "settled"
        self.free(order)
        if self.redis and not self.held_by(order.visitor):
            self.first.pop(order.visitor, None)

    def end(self, order, status):
        """End the order: dropped, failed, cancelled, or expired and refunded."""
        order.status = status
        self.free(order)

    def lose_redis(self):
        self.locks, self.first = {}, {}

    def reconcile(self):
        """Settle all payments in order, as far as that is possible without Redis."""
        asked = [order for order in self.orders if order.money in ("page", "in_transit")]
        for order in sorted(asked, key=lambda order: order.asked):
            if order.money == "in_transit":
                self._settle_in_transit(order)
            elif not self.is_payable(order):
                order.money = "settled"
                self.end(order, order.status_at(self.now))

    def _settle_in_transit(self, order):
        status = order.status_at(self.now)
        if status == "PENDING":
            self.confirm(order)
        elif status == "FAILED":
            order.money = "settled"
        elif not self.redis:
            return
        elif self.unavailable_to(order, order.seats):
            order.money = "settled"
            self.end(order, "EXPIRED")
        else:
            self.locks |= dict.fromkeys(order.seats, (order, self.now))
            self.confirm(order)
