"""The API of the ERP inventory manager: products, customers and users by integer ids."""

from datetime import timedelta

from erp.compat.dialect import Dialect, saying_detail, together
from erp.compat.inventory_manager import auth, customers, products, users
from erp.compat.signing import NOT_PROVED
from erp.customers.errors import CustomerEmailTaken
from erp.identity.actions.desk import Habits
from erp.identity.errors import (
    AccountDisabled,
    EmailNotVerified,
    EmailTaken,
    InvalidCredentials,
    UsernameTaken,
)
from erp.kernel.errors import NoSuchPath
from erp.organizations.errors import OrganizationNotFound

DESCRIPTION = """
The calls of the ERP inventory manager, over the same records as the product's own API.

- Ids are the short numbers of the organization. Lists are plain arrays of everything.
- `price` is a JSON number with four decimals at most; the books keep it exact.
- Setting `stock` posts an opening or a count in the ledger, at the default location.
- What has a history is archived by DELETE, and not found afterwards.
- Passwords have at least 8 characters. One that an administrator hands out signs in here for
  seven days; its owner sets another one by the link of "forgot password" in the product.
- Another e-mail address is proposed to its owner; the answer shows the one in force.
- Access tokens live 60 minutes.
"""
WORDS = {
    InvalidCredentials: (401, "Invalid username or password"),
    AccountDisabled: (401, "User account is inactive"),
    OrganizationNotFound: (401, "User account is inactive"),
    EmailTaken: (400, "Email already registered"),
    UsernameTaken: (400, "Username already registered"),
    CustomerEmailTaken: (400, "Email already registered"),
    EmailNotVerified: (403, NOT_PROVED),
    NoSuchPath: (404, "Not Found"),
}

INVENTORY_MANAGER = Dialect(
    name="inventory-manager",
    title="ERP Inventory Manager",
    description=DESCRIPTION,
    router=together(auth.router, products.router, customers.router, users.router),
    say=saying_detail(WORDS),
    lives={"access_token_minutes": 60},
    habits=Habits(handed_passwords=timedelta(days=7)),
    docs=("/docs", "/api/docs"),
)
