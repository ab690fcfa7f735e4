//! What an account may do: its own roles, and those it has in the organisation that it acts for.

use onsale_core::api::organisations::Membership;
use onsale_core::{OrganisationId, Role};

/// What is known of an account beside its own row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its memberships, the oldest first.
    pub(crate) memberships: Vec<Membership>,
    /// Whether it has a second factor that was confirmed.
    pub(crate) has_second_factor: bool,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acting {
    /// What the account may do.
    pub(crate) roles: Vec<Role>,
    /// For which organisation; nothing where it is a member of none.
    pub(crate) organisation: Option<OrganisationId>,
    /// Its roles of staff are kept back: it has no second factor, and needs one.
    pub(crate) is_held_back: bool,
}

/// Whether staff need a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffFactor {
    /// Without one an account has the role customer only.
    Required,
    /// Who wants one has one.
    Offered,
}

/// What an account may do that would like to act for an organisation: for that one where it is a member, else for the
/// first.
pub(crate) fn acting(own: &[Role], standing: &Standing, wished: Option<OrganisationId>, factor: StaffFactor) -> Acting {
    let memberships = &standing.memberships;
    let member = memberships.iter().find(|known| Some(known.organisation_id) == wished).or(memberships.first());
    let mut roles: Vec<Role> = own.iter().copied().filter(|role| !role.is_of_organisation()).collect();
    roles.extend(member.iter().flat_map(|member| &member.roles));
    roles.sort_unstable_by_key(|role| role.as_str());
    roles.dedup();
    let is_held_back =
        factor == StaffFactor::Required && !standing.has_second_factor && roles.iter().any(|role| role.is_of_staff());
    if is_held_back {
        roles.retain(|role| !role.is_of_staff());
    }
    Acting { roles, organisation: member.map(|member| member.organisation_id), is_held_back }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(7));

    fn standing(has_second_factor: bool) -> Standing {
        let of = |organisation_id, roles: &[Role]| Membership {
            organisation_id,
            name: String::new(),
            roles: roles.to_vec(),
        };
        let memberships = vec![of(OrganisationId::DEFAULT, &[Role::BoxOffice]), of(OTHER, &[Role::Organiser])];
        Standing { memberships, has_second_factor }
    }

    #[test]
    fn roles_are_those_of_the_organisation_that_is_acted_for() {
        let own = [Role::Customer, Role::BoxOffice];
        let first = acting(&own, &standing(false), None, StaffFactor::Offered);
        assert_eq!(first.roles, [Role::BoxOffice, Role::Customer]);
        let second = acting(&own, &standing(false), Some(OTHER), StaffFactor::Offered);
        assert_eq!((second.roles, second.organisation), (vec![Role::Customer, Role::Organiser], Some(OTHER)));
        let stranger = OrganisationId(Uuid::from_u128(9));
        let nowhere = acting(&own, &standing(false), Some(stranger), StaffFactor::Offered);
        assert_eq!(nowhere.organisation, Some(OrganisationId::DEFAULT), "nobody acts where they are no member");
    }

    #[test]
    fn staff_without_a_second_factor_are_customers_where_one_is_required() {
        let held = acting(&[Role::Customer, Role::Admin], &standing(false), None, StaffFactor::Required);
        assert_eq!((held.roles, held.is_held_back), (vec![Role::Customer], true));
        let free = acting(&[Role::Customer, Role::Admin], &standing(true), None, StaffFactor::Required);
        assert!(free.roles.contains(&Role::Admin) && !free.is_held_back);
        let buyer = acting(&[Role::Customer], &Standing::default(), None, StaffFactor::Required);
        assert!(!buyer.is_held_back);
    }
}
