// Written by `npm run gen` from openapi.json. Do not edit.
export const constraints = {
  "AddressEdit": {
    "kind": {
      "type": "string"
    },
    "lines": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "postal_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "city": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "region": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "country": {
      "nullable": true,
      "type": "string"
    }
  },
  "AddressIn": {
    "kind": {
      "required": true,
      "type": "string"
    },
    "lines": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "postal_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "city": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "region": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "country": {
      "nullable": true,
      "type": "string"
    }
  },
  "ApiKeyIn": {
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "scopes": {
      "required": true,
      "type": "array"
    },
    "expires_in_days": {
      "required": true,
      "type": "integer",
      "minimum": 1,
      "maximum": 365
    }
  },
  "AssigneesIn": {
    "member_ids": {
      "required": true,
      "type": "array"
    }
  },
  "Batch_CustomerIn_CustomerEdit_": {
    "items": {
      "required": true,
      "type": "array"
    },
    "all_or_nothing": {
      "type": "boolean"
    }
  },
  "Batch_ProductIn_ProductEdit_": {
    "items": {
      "required": true,
      "type": "array"
    },
    "all_or_nothing": {
      "type": "boolean"
    }
  },
  "Batch_TimeEntryIn_TimeEntryEdit_": {
    "items": {
      "required": true,
      "type": "array"
    },
    "all_or_nothing": {
      "type": "boolean"
    }
  },
  "BillingRuleIn": {
    "step": {
      "required": true,
      "type": "integer",
      "minimum": 60,
      "maximum": 3600
    },
    "direction": {
      "required": true,
      "type": "string"
    },
    "applies_to": {
      "required": true,
      "type": "string"
    }
  },
  "CategoryEdit": {
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 50
    },
    "parent_id": {
      "nullable": true,
      "type": "string"
    }
  },
  "CategoryIn": {
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 50
    },
    "parent_id": {
      "nullable": true,
      "type": "string"
    }
  },
  "CellIn": {
    "project_id": {
      "required": true,
      "type": "string"
    },
    "task_id": {
      "nullable": true,
      "type": "string"
    },
    "activity": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "day": {
      "required": true,
      "type": "string"
    },
    "seconds": {
      "required": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 90000
    }
  },
  "ChangePasswordIn": {
    "current_password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 256
    },
    "new_password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 256
    }
  },
  "CloseIn": {
    "until": {
      "required": true,
      "type": "string"
    },
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "CommentEdit": {
    "text": {
      "type": "string",
      "minLength": 1,
      "maxLength": 10000
    }
  },
  "CommentIn": {
    "text": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 10000
    }
  },
  "ContactEdit": {
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "email": {
      "nullable": true,
      "type": "string",
      "maxLength": 254
    },
    "phone": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "role": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "is_primary": {
      "type": "boolean"
    },
    "receives_invoices": {
      "type": "boolean"
    }
  },
  "ContactIn": {
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "email": {
      "nullable": true,
      "type": "string",
      "maxLength": 254
    },
    "phone": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "role": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 80
    },
    "is_primary": {
      "type": "boolean"
    },
    "receives_invoices": {
      "type": "boolean"
    }
  },
  "CopyIn": {
    "project_id": {
      "nullable": true,
      "type": "string"
    },
    "title": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "with_assignees": {
      "type": "boolean"
    },
    "with_subtasks": {
      "type": "boolean"
    }
  },
  "CountIn": {
    "location_id": {
      "nullable": true,
      "type": "string"
    }
  },
  "CountLineIn": {
    "counted": {
      "required": true,
      "type": "string"
    },
    "counted_at": {
      "nullable": true,
      "type": "string"
    },
    "note": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "CountPostIn": {
    "cut_reservations": {
      "type": "boolean"
    },
    "reference": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "CustomerEdit": {
    "kind": {
      "type": "string"
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "company": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "email": {
      "nullable": true,
      "type": "string",
      "maxLength": 254
    },
    "phone": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "vat_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "buyer_reference": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "language": {
      "nullable": true,
      "type": "string",
      "maxLength": 35
    },
    "notes": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 5000
    },
    "currency": {
      "type": "string"
    },
    "payment_days": {
      "type": "integer",
      "minimum": 0,
      "maximum": 365
    },
    "tax_exempt": {
      "type": "boolean"
    },
    "credit_limit": {
      "nullable": true,
      "type": "string"
    }
  },
  "CustomerIn": {
    "kind": {
      "type": "string"
    },
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "company": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "email": {
      "nullable": true,
      "type": "string",
      "maxLength": 254
    },
    "phone": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "vat_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "buyer_reference": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "language": {
      "nullable": true,
      "type": "string",
      "maxLength": 35
    },
    "notes": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 5000
    },
    "currency": {
      "nullable": true,
      "type": "string"
    },
    "payment_days": {
      "type": "integer",
      "minimum": 0,
      "maximum": 365
    },
    "tax_exempt": {
      "type": "boolean"
    },
    "credit_limit": {
      "nullable": true,
      "type": "string"
    }
  },
  "DirectoryConnectionEdit": {
    "enabled": {
      "type": "boolean"
    },
    "jit_provision": {
      "type": "boolean"
    },
    "role_map": {
      "type": "object"
    },
    "allowed_domains": {
      "type": "array"
    }
  },
  "DirectoryConnectionIn": {
    "provider": {
      "type": "string"
    },
    "endpoint": {
      "type": "string",
      "minLength": 1,
      "maxLength": 50
    },
    "account_id": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "enabled": {
      "type": "boolean"
    },
    "jit_provision": {
      "type": "boolean"
    },
    "role_map": {
      "type": "object"
    },
    "allowed_domains": {
      "type": "array"
    }
  },
  "DirectoryIn": {
    "account_id": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "username": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
    }
  },
  "DirectoryLoginIn": {
    "account_id": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "username": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
    },
    "mode": {
      "type": "string"
    },
    "remember_me": {
      "type": "boolean"
    }
  },
  "EmailChangeIn": {
    "email": {
      "required": true,
      "type": "string",
      "maxLength": 254
    }
  },
  "EmailConfirmIn": {
    "otp": {
      "required": true,
      "type": "string"
    }
  },
  "ForgotPasswordIn": {
    "email": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 254
    }
  },
  "ImportEdit": {
    "format": {
      "type": "object"
    },
    "mapping": {
      "type": "object"
    }
  },
  "InvitationIn": {
    "email": {
      "required": true,
      "type": "string",
      "maxLength": 254
    },
    "role": {
      "type": "string"
    }
  },
  "InvitationLinkIn": {
    "token": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "LocationEdit": {
    "code": {
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "is_default": {
      "type": "boolean"
    }
  },
  "LocationIn": {
    "code": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "is_default": {
      "type": "boolean"
    }
  },
  "LogIn": {
    "percent": {
      "nullable": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 100
    },
    "text": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
    }
  },
  "LoginIn": {
    "email": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 254
    },
    "username": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 254
    },
    "password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 256
    },
    "mode": {
      "type": "string"
    },
    "remember_me": {
      "type": "boolean"
    }
  },
  "MemberEdit": {
    "role": {
      "type": "string"
    },
    "status": {
      "type": "string"
    }
  },
  "MergeIn": {
    "absorbed_id": {
      "required": true,
      "type": "string"
    },
    "take": {
      "type": "object"
    }
  },
  "MoveIn": {
    "state_id": {
      "required": true,
      "type": "string"
    },
    "after_id": {
      "nullable": true,
      "type": "string"
    },
    "with_subtasks": {
      "type": "boolean"
    }
  },
  "OffboardIn": {
    "reassign_to": {
      "nullable": true,
      "type": "string"
    }
  },
  "OrganizationEdit": {
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "slug": {
      "type": "string"
    },
    "currency": {
      "type": "string"
    },
    "time_zone": {
      "type": "string",
      "maxLength": 64
    },
    "week_start": {
      "type": "string"
    },
    "writers": {
      "type": "string"
    }
  },
  "OrganizationIn": {
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    }
  },
  "PostingIn": {
    "kind": {
      "required": true,
      "type": "string"
    },
    "lines": {
      "required": true,
      "type": "array"
    },
    "effective_at": {
      "nullable": true,
      "type": "string"
    },
    "reference": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "ProductEdit": {
    "sku": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "barcode": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "description": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 5000
    },
    "supplier_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "kind": {
      "type": "string"
    },
    "unit_id": {
      "type": "string"
    },
    "category_id": {
      "nullable": true,
      "type": "string"
    },
    "sale_price": {
      "type": "string"
    },
    "cost_price": {
      "nullable": true,
      "type": "string"
    }
  },
  "ProductIn": {
    "sku": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "barcode": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "description": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 5000
    },
    "supplier_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 64
    },
    "kind": {
      "type": "string"
    },
    "unit_id": {
      "nullable": true,
      "type": "string"
    },
    "category_id": {
      "nullable": true,
      "type": "string"
    },
    "sale_price": {
      "type": "string"
    },
    "cost_price": {
      "nullable": true,
      "type": "string"
    }
  },
  "ProfileEdit": {
    "full_name": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "phone": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "locale": {
      "nullable": true,
      "type": "string",
      "maxLength": 35
    },
    "time_zone": {
      "nullable": true,
      "type": "string",
      "maxLength": 64
    }
  },
  "ProjectEdit": {
    "code": {
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "customer_id": {
      "nullable": true,
      "type": "string"
    },
    "state": {
      "type": "string"
    },
    "lead_id": {
      "nullable": true,
      "type": "string"
    },
    "starts_on": {
      "nullable": true,
      "type": "string"
    },
    "due_on": {
      "nullable": true,
      "type": "string"
    },
    "billable": {
      "type": "boolean"
    },
    "budget_seconds": {
      "nullable": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 1000000000
    },
    "budget_amount": {
      "nullable": true,
      "type": "string"
    },
    "external_source": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "external_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "ProjectIn": {
    "code": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "customer_id": {
      "nullable": true,
      "type": "string"
    },
    "state": {
      "type": "string"
    },
    "lead_id": {
      "nullable": true,
      "type": "string"
    },
    "starts_on": {
      "nullable": true,
      "type": "string"
    },
    "due_on": {
      "nullable": true,
      "type": "string"
    },
    "billable": {
      "type": "boolean"
    },
    "budget_seconds": {
      "nullable": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 1000000000
    },
    "budget_amount": {
      "nullable": true,
      "type": "string"
    },
    "external_source": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "external_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "RateEdit": {
    "rate": {
      "type": "string"
    },
    "valid_from": {
      "type": "string"
    }
  },
  "RateIn": {
    "kind": {
      "required": true,
      "type": "string"
    },
    "member_id": {
      "nullable": true,
      "type": "string"
    },
    "project_id": {
      "nullable": true,
      "type": "string"
    },
    "rate": {
      "required": true,
      "type": "string"
    },
    "valid_from": {
      "required": true,
      "type": "string"
    }
  },
  "ReasonIn": {
    "reason": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 500
    }
  },
  "ReauthenticateIn": {
    "password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 1024
    }
  },
  "RegisterIn": {
    "email": {
      "required": true,
      "type": "string",
      "maxLength": 254
    },
    "password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 256
    },
    "username": {
      "nullable": true,
      "type": "string"
    },
    "full_name": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "organization_name": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "locale": {
      "nullable": true,
      "type": "string",
      "maxLength": 35
    },
    "invitation_token": {
      "nullable": true,
      "type": "string",
      "maxLength": 200
    },
    "mode": {
      "type": "string"
    },
    "remember_me": {
      "type": "boolean"
    }
  },
  "RepriceIn": {
    "day_from": {
      "required": true,
      "type": "string"
    },
    "day_to": {
      "required": true,
      "type": "string"
    },
    "member_id": {
      "nullable": true,
      "type": "string"
    },
    "project_id": {
      "nullable": true,
      "type": "string"
    }
  },
  "ResendIn": {
    "email": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 254
    },
    "registration_token": {
      "nullable": true,
      "type": "string",
      "maxLength": 200
    }
  },
  "ReservationIn": {
    "product_id": {
      "required": true,
      "type": "string"
    },
    "quantity": {
      "required": true,
      "type": "string"
    },
    "location_id": {
      "nullable": true,
      "type": "string"
    },
    "note": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "expires_at": {
      "nullable": true,
      "type": "string"
    }
  },
  "ResetPasswordIn": {
    "token": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "new_password": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 256
    }
  },
  "ReversalIn": {
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "effective_at": {
      "nullable": true,
      "type": "string"
    }
  },
  "RuleIn": {
    "minimum": {
      "required": true,
      "type": "string"
    },
    "target": {
      "nullable": true,
      "type": "string"
    }
  },
  "SavingIn": {
    "members": {
      "type": "array"
    },
    "projects": {
      "type": "array"
    },
    "tasks": {
      "type": "array"
    },
    "assignees": {
      "type": "array"
    }
  },
  "ScheduleIn": {
    "valid_from": {
      "required": true,
      "type": "string"
    },
    "monday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "tuesday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "wednesday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "thursday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "friday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "saturday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    },
    "sunday": {
      "type": "integer",
      "minimum": 0,
      "maximum": 86400
    }
  },
  "SnoozeIn": {
    "until": {
      "required": true,
      "type": "string"
    }
  },
  "StateEdit": {
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "group": {
      "type": "string"
    },
    "position": {
      "type": "integer",
      "minimum": 0,
      "maximum": 1000
    },
    "is_default": {
      "type": "boolean"
    }
  },
  "StateIn": {
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "group": {
      "required": true,
      "type": "string"
    },
    "is_default": {
      "type": "boolean"
    }
  },
  "SwitchIn": {
    "organization": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    }
  },
  "SyncApplyIn": {
    "plan_id": {
      "required": true,
      "type": "string"
    }
  },
  "TaskBatch": {
    "items": {
      "required": true,
      "type": "array"
    },
    "all_or_nothing": {
      "type": "boolean"
    }
  },
  "TaskEdit": {
    "title": {
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "description": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 20000
    },
    "state_id": {
      "type": "string"
    },
    "with_subtasks": {
      "type": "boolean"
    },
    "priority": {
      "type": "string"
    },
    "parent_id": {
      "nullable": true,
      "type": "string"
    },
    "starts_on": {
      "nullable": true,
      "type": "string"
    },
    "due_on": {
      "nullable": true,
      "type": "string"
    },
    "estimate_seconds": {
      "nullable": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 1000000000
    },
    "external_source": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "external_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "TaskIn": {
    "project_id": {
      "required": true,
      "type": "string"
    },
    "title": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "description": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 20000
    },
    "state_id": {
      "nullable": true,
      "type": "string"
    },
    "priority": {
      "type": "string"
    },
    "parent_id": {
      "nullable": true,
      "type": "string"
    },
    "starts_on": {
      "nullable": true,
      "type": "string"
    },
    "due_on": {
      "nullable": true,
      "type": "string"
    },
    "estimate_seconds": {
      "nullable": true,
      "type": "integer",
      "minimum": 0,
      "maximum": 1000000000
    },
    "assignee_ids": {
      "type": "array"
    },
    "external_source": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 40
    },
    "external_id": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    }
  },
  "TeamIn": {
    "member_ids": {
      "required": true,
      "type": "array"
    }
  },
  "TimeCloseIn": {
    "until": {
      "required": true,
      "type": "string"
    },
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 500
    }
  },
  "TimeEntryEdit": {
    "member_id": {
      "type": "string"
    },
    "project_id": {
      "type": "string"
    },
    "project_code": {
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "create_project": {
      "type": "boolean"
    },
    "task_id": {
      "nullable": true,
      "type": "string"
    },
    "started_at": {
      "type": "string"
    },
    "ended_at": {
      "nullable": true,
      "type": "string"
    },
    "work_date": {
      "type": "string"
    },
    "seconds": {
      "type": "integer",
      "minimum": 1,
      "maximum": 90000
    },
    "activity": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "note": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
    },
    "billable": {
      "type": "boolean"
    },
    "bill_rate": {
      "nullable": true,
      "type": "string"
    },
    "cost_rate": {
      "nullable": true,
      "type": "string"
    },
    "needs_review": {
      "type": "boolean"
    },
    "resolve": {
      "nullable": true,
      "type": "string"
    },
    "reason": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 500
    }
  },
  "TimeEntryIn": {
    "project_id": {
      "nullable": true,
      "type": "string"
    },
    "project_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "create_project": {
      "type": "boolean"
    },
    "task_id": {
      "nullable": true,
      "type": "string"
    },
    "member_id": {
      "nullable": true,
      "type": "string"
    },
    "kind": {
      "type": "string"
    },
    "started_at": {
      "nullable": true,
      "type": "string"
    },
    "ended_at": {
      "nullable": true,
      "type": "string"
    },
    "work_date": {
      "nullable": true,
      "type": "string"
    },
    "seconds": {
      "nullable": true,
      "type": "integer",
      "minimum": 1,
      "maximum": 90000
    },
    "activity": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "note": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
    },
    "billable": {
      "nullable": true,
      "type": "boolean"
    },
    "bill_rate": {
      "nullable": true,
      "type": "string"
    },
    "cost_rate": {
      "nullable": true,
      "type": "string"
    },
    "resolve": {
      "nullable": true,
      "type": "string"
    }
  },
  "TimerIn": {
    "project_id": {
      "nullable": true,
      "type": "string"
    },
    "project_code": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 32
    },
    "create_project": {
      "type": "boolean"
    },
    "task_id": {
      "nullable": true,
      "type": "string"
    },
    "started_at": {
      "nullable": true,
      "type": "string"
    },
    "activity": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 100
    },
    "note": {
      "nullable": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 2000
    },
    "billable": {
      "nullable": true,
      "type": "boolean"
    },
    "switch": {
      "type": "boolean"
    },
    "resolve": {
      "nullable": true,
      "type": "string"
    }
  },
  "UnitEdit": {
    "code": {
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "name": {
      "type": "string",
      "minLength": 1,
      "maxLength": 50
    },
    "decimals": {
      "type": "integer",
      "minimum": 0,
      "maximum": 4
    },
    "un_code": {
      "type": "string"
    }
  },
  "UnitIn": {
    "code": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 16
    },
    "name": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 50
    },
    "decimals": {
      "type": "integer",
      "minimum": 0,
      "maximum": 4
    },
    "un_code": {
      "type": "string"
    }
  },
  "VerifyEmailIn": {
    "email": {
      "required": true,
      "type": "string",
      "minLength": 1,
      "maxLength": 254
    },
    "otp": {
      "required": true,
      "type": "string"
    },
    "registration_token": {
      "nullable": true,
      "type": "string",
      "maxLength": 200
    },
    "mode": {
      "nullable": true,
      "type": "string"
    },
    "remember_me": {
      "type": "boolean"
    }
  }
} as const;

export const problemCodes = [
  "account_disabled",
  "account_link_required",
  "ace_account_locked",
  "ace_password_expired",
  "already_merged",
  "already_reversed",
  "api_key_invalid",
  "api_key_limit",
  "api_key_refused",
  "barcode_taken",
  "batch_refused",
  "billing_address_exists",
  "category_cycle",
  "category_name_taken",
  "category_too_deep",
  "cell_has_clock_entries",
  "closing_moves_back",
  "conflict",
  "count_below_reserved",
  "count_empty",
  "count_ended",
  "csrf_failed",
  "customer_archived",
  "customer_email_taken",
  "customer_merged",
  "database_busy",
  "day_too_long",
  "directory_account_taken",
  "directory_bad_response",
  "directory_connected",
  "directory_not_connected",
  "directory_proof_required",
  "directory_timeout",
  "directory_unavailable",
  "email_not_verified",
  "email_taken",
  "end_before_start",
  "entries_billed",
  "entry_locked",
  "entry_too_long",
  "external_id_taken",
  "file_unreadable",
  "idempotency_key_reused",
  "identity_taken",
  "import_closed",
  "import_has_errors",
  "import_not_applied",
  "import_not_checked",
  "import_stale",
  "import_too_long",
  "import_touched",
  "in_use",
  "invalid_account_id",
  "invalid_credentials",
  "invitation_invalid",
  "invited_elsewhere",
  "job_done",
  "job_running",
  "last_admin",
  "location_code_taken",
  "location_fixed",
  "location_not_empty",
  "mail_wiped",
  "malformed",
  "member_exists",
  "merge_touched",
  "merge_undone",
  "no_address",
  "no_such_path",
  "no_timer",
  "not_allowed",
  "not_enough_stock",
  "not_found",
  "not_signed_in",
  "only_way_in",
  "opening_not_first",
  "organization_not_found",
  "origin_refused",
  "other_project",
  "otp_attempts_exceeded",
  "otp_invalid",
  "own_membership",
  "own_week",
  "password_reset_required",
  "period_closed",
  "plan_expired",
  "primary_contact_exists",
  "product_archived",
  "product_has_moves",
  "product_not_stocked",
  "project_archived",
  "project_code_taken",
  "rate_taken",
  "reauthentication_required",
  "refresh_token_expired",
  "refresh_token_invalid",
  "refresh_token_reused",
  "request_in_flight",
  "reservation_ended",
  "reset_token_invalid",
  "reversal_is_final",
  "review_needed",
  "session_revoked",
  "setting_pinned",
  "sku_taken",
  "slug_taken",
  "stale",
  "state_in_use",
  "state_name_taken",
  "state_needed",
  "still_starting",
  "subtasks_open",
  "sync_stale",
  "task_blocked",
  "task_cycle",
  "task_not_in_project",
  "time_in_future",
  "time_overlap",
  "timer_running",
  "too_deep",
  "too_large",
  "too_many_attempts",
  "too_many_requests",
  "too_many_rows",
  "unavailable",
  "unit_code_taken",
  "unit_in_use",
  "unknown_project",
  "unsupported_media",
  "user_not_provisioned",
  "username_taken",
  "validation_failed",
  "weak_password",
  "wrong_locations",
  "wrong_state"
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export const permissions = [
  "audit:read",
  "comments:write",
  "customers:merge",
  "customers:read",
  "customers:write",
  "directory:read",
  "directory:write",
  "history:read",
  "imports:run",
  "keys:read",
  "keys:write",
  "members:invite",
  "members:read",
  "members:write",
  "notices:read",
  "organization:read",
  "organization:write",
  "outbox:read",
  "outbox:resend",
  "products:read",
  "products:write",
  "projects:read",
  "projects:sync",
  "projects:write",
  "rates:read",
  "rates:write",
  "stock:close",
  "stock:count",
  "stock:move",
  "stock:read",
  "tasks:read",
  "tasks:write",
  "time:approve",
  "time:close",
  "time:read",
  "time:write"
] as const;
export type Permission = (typeof permissions)[number];
