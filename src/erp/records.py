"""Every room's tables in one place, for migrations and the constraint registry alone."""

from erp.audit.models import AuditRow, AuditSeal, SecuritySeal
from erp.customers.models import Address, Contact, Customer, CustomerMerge
from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.models import (
    ApiKey,
    Challenge,
    OneTimeToken,
    Registration,
    SecurityEvent,
    SessionRow,
    Throttle,
    User,
)
from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import Base
from erp.organizations.models import (
    Counter,
    IdempotencyKey,
    Invitation,
    Member,
    Notice,
    Organization,
    Placeholder,
    SettingPin,
)
from erp.products.models import Category, Product, Unit
from erp.projects.models import (
    Comment,
    Project,
    ProjectMember,
    SyncPlan,
    Task,
    TaskAssignee,
    TaskDependency,
    TaskLog,
    TaskState,
)
from erp.stock.models import (
    Location,
    StockBalance,
    StockClosing,
    StockCount,
    StockCountLine,
    StockMove,
    StockPosting,
    StockProof,
    StockReservation,
    StockRule,
)
from erp.timesheets.models.entries import TimeEntry, TimeEntryTag
from erp.timesheets.models.rates import BillingRule, Rate
from erp.timesheets.models.weeks import TimeClosing, Timesheet, WorkSchedule
from erp.transfer.models import Import, ImportReference, ImportRow

RECORDS: tuple[type[Base], ...] = (
    User,
    SessionRow,
    OneTimeToken,
    Throttle,
    SecurityEvent,
    Registration,
    Challenge,
    Identity,
    DirectoryConnection,
    ApiKey,
    Organization,
    Member,
    Invitation,
    Placeholder,
    Notice,
    SettingPin,
    Counter,
    IdempotencyKey,
    OutboxRow,
    AuditRow,
    AuditSeal,
    SecuritySeal,
    Customer,
    Contact,
    Address,
    CustomerMerge,
    Unit,
    Category,
    Product,
    Project,
    ProjectMember,
    TaskState,
    Task,
    TaskAssignee,
    TaskDependency,
    TaskLog,
    Comment,
    SyncPlan,
    Location,
    StockPosting,
    StockMove,
    StockBalance,
    StockReservation,
    StockCount,
    StockCountLine,
    StockRule,
    StockClosing,
    StockProof,
    TimeEntry,
    TimeEntryTag,
    Timesheet,
    WorkSchedule,
    TimeClosing,
    Rate,
    BillingRule,
    ImportReference,
    Import,
    ImportRow,
)

metadata = Base.metadata
