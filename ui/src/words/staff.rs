//! The pages of staff: the way between them, an organisation's people and keys, all accounts.

use super::{plural, words};
use crate::format::count;
use crate::language::Language;
use onsale_core::{Role, Scope};

words! {
    desk_nav: "Your work", "Tu trabajo";
    desk_sales: "Sales", "Ventas";
    desk_installation: "Installation", "Instalación";
    desk_refused: "This page is not yours to see", "Esta página no es para tu cuenta";
    desk_refused_more: "The account you are signed in with may not open it. Sign in with one that may, or ask an administrator for the role.", "La cuenta con la que has entrado no puede abrirla. Entra con una que sí pueda o pide el rol a un administrador.";
    desk_missing: "There is nothing here that is yours", "Aquí no hay nada tuyo";
    desk_needs_script: "This page needs JavaScript. Turn it on and load the page again.", "Esta página necesita JavaScript. Actívalo y vuelve a cargar la página.";
    desk_copy_by_hand: "Copying is not allowed here: select the text and copy it by hand.", "Aquí no se puede copiar: selecciona el texto y cópialo a mano.";
    desk_leave: "Leave it", "Dejarlo";
    change: "Change", "Cambiar";
    save: "Save", "Guardar";
    removing: "Removing…", "Quitando…";
    since: "Since", "Desde";
    role_heading: "Roles", "Roles";
    choose_a_role: "Choose at least one role", "Elige al menos un rol";
    enter_their_email: "Enter an email, such as name@example.com", "Escribe un correo, como nombre@example.com";
    org_word: "Organisation", "Organización";
    org_people: "People", "Personas";
    org_name: "Name of the organisation", "Nombre de la organización";
    enter_org_name: "Enter a name for the organisation", "Escribe un nombre para la organización";
    org_rename: "Change the name", "Cambiar el nombre";
    org_which: "Organisation to look at", "Organización que quieres ver";
    org_look: "Look at it", "Verla";
    org_found: "Found an organisation", "Fundar una organización";
    org_found_more: "For those who sell tickets of their own. In some installations an administrator does it for you.", "Para quienes venden sus propias entradas. En algunas instalaciones lo hace un administrador.";
    members: "Members", "Miembros";
    no_members: "Nobody is a member yet. Invite the first one below.", "Aún no hay miembros. Invita al primero aquí abajo.";
    member_out: "Take out", "Sacar";
    member_out_more: "This person can do nothing for the organisation any more, on any device, within two seconds. The account stays.", "Esta persona ya no podrá hacer nada por la organización, en ningún dispositivo, en dos segundos. La cuenta se conserva.";
    member_change_more: "What this person may do from now on. It holds on all their devices within two seconds.", "Lo que esta persona puede hacer desde ahora. Vale en todos sus dispositivos en dos segundos.";
    member_is_out: "Taken out.", "Ya no es miembro.";
    member_is_changed: "The roles are changed.", "Los roles se han cambiado.";
    last_organiser: "This is the last organiser. Make somebody else organiser first.", "Es el último organizador. Antes haz organizador a otra persona.";
    last_admin: "This is the last administrator. Make somebody else administrator first.", "Es el último administrador. Antes haz administrador a otra persona.";
    invite: "Invite somebody", "Invitar a alguien";
    invite_more: "You get a link to pass on. It works once, for seven days, and only for this address.", "Recibirás un enlace para pasarlo. Sirve una vez, durante siete días y solo para esa dirección.";
    invite_email_hint: "Of whoever shall come. An earlier invitation of the same address stops working.", "De quien vaya a venir. Una invitación anterior a la misma dirección deja de valer.";
    inviting: "Inviting…", "Invitando…";
    invitations: "Invitations", "Invitaciones";
    no_invitations: "Nobody is invited just now.", "Ahora no hay nadie invitado.";
    invitation_made: "Pass this link on", "Pasa este enlace";
    invitation_done: "accepted", "aceptada";
    invitation_open: "open", "abierta";
    invitation_over: "too old", "caducada";
    invitation_withdraw: "Withdraw", "Retirar";
    invitation_withdraw_more: "Its link stops working at once.", "Su enlace deja de valer enseguida.";
    invitation_is_withdrawn: "The invitation is withdrawn.", "La invitación se ha retirado.";
    invitation_title: "You are invited", "Tienes una invitación";
    invitation_lede: "Somebody wants you in their organisation. Accept with the account of the address that was invited.", "Alguien te quiere en su organización. Acepta con la cuenta de la dirección invitada.";
    invitation_none: "This address has no invitation in it. Open the whole link that was passed on to you.", "Esta dirección no lleva ninguna invitación. Abre el enlace completo que te pasaron.";
    invitation_sign_in: "Sign in or make an account first. You come back here, and the invitation waits.", "Entra o crea una cuenta primero. Volverás aquí y la invitación te espera.";
    invitation_accept: "Accept the invitation", "Aceptar la invitación";
    invitation_welcome: "Welcome", "Te damos la bienvenida";
    invitation_other: "This invitation is for another address. Sign in with the account of that address.", "Esta invitación es para otra dirección. Entra con la cuenta de esa dirección.";
    invitation_spent: "This invitation was used, withdrawn, or is too old. Ask for a new one.", "Esta invitación ya se usó, se retiró o ha caducado. Pide una nueva.";
    keys: "API keys", "Claves de API";
    keys_lede: "For programs that sell or read for your organisation. A key acts for the organisation, not for you.", "Para programas que venden o leen en nombre de tu organización. Una clave actúa por la organización, no por ti.";
    key_new: "Make a key", "Crear una clave";
    key_name: "What it is for", "Para qué es";
    key_name_hint: "Such as: till at the door", "Por ejemplo: caja de la puerta";
    key_scopes: "What it may do", "Qué puede hacer";
    key_make: "Make the key", "Crear la clave";
    key_making: "Making it…", "Creándola…";
    key_prefix: "Begins with", "Empieza por";
    key_made: "This is the key", "Esta es la clave";
    key_made_more: "It is shown only now, and kept nowhere: copy it to where it is used.", "Solo se muestra ahora y no se guarda en ningún sitio: cópiala donde se vaya a usar.";
    key_good: "good", "válida";
    key_revoked: "revoked", "revocada";
    key_revoke: "Revoke", "Revocar";
    key_revoke_more: "Whatever uses it is refused within two seconds, for good.", "Todo lo que la use será rechazado en dos segundos, para siempre.";
    key_is_revoked: "The key is revoked.", "La clave se ha revocado.";
    keys_all: "All keys", "Todas las claves";
    no_keys: "No keys yet.", "Aún no hay claves.";
    enter_key_name: "Enter what the key is for", "Escribe para qué es la clave";
    choose_a_scope: "Choose at least one thing that it may do", "Elige al menos una cosa que pueda hacer";
    users: "Accounts", "Cuentas";
    users_lede: "Everybody who signed up: buyers and staff.", "Todas las personas registradas: público y personal.";
    users_find: "Find an account", "Buscar una cuenta";
    users_find_hint: "A part of the name or of the email", "Una parte del nombre o del correo";
    users_all: "Newest first", "Las últimas primero";
    users_none: "No account has that in its name or email.", "Ninguna cuenta tiene eso en su nombre o correo.";
    user_enabled: "good", "activa";
    user_disabled: "disabled", "desactivada";
    user_disable: "Disabled", "Desactivada";
    user_disable_more: "Nobody can sign in with it; whoever is signed in is out within two seconds.", "Nadie puede entrar con ella; quien esté dentro queda fuera en dos segundos.";
    user_factor: "Take its second factor away", "Quitarle el segundo factor";
    user_factor_more: "For somebody who lost the device and all recovery codes, once you are sure who asks.", "Para quien perdió el dispositivo y todos los códigos, cuando sepas con certeza quién lo pide.";
    user_roles_hint: "Roles of an organisation are those in the first one; members of others are changed there.", "Los roles de organización son los de la primera; los miembros de otras se cambian allí.";
    user_is_changed: "The account is changed.", "La cuenta se ha cambiado.";
}

impl Language {
    /// A role in a word or two.
    pub fn role(self, role: Role) -> &'static str {
        let (english, spanish) = match role {
            Role::Customer => ("Buyer", "Comprador"),
            Role::Organiser => ("Organiser", "Organizador"),
            Role::BoxOffice => ("Box office", "Taquilla"),
            Role::Gate => ("Gate", "Puerta"),
            Role::Admin => ("Administrator", "Administrador"),
            Role::Sre => ("Operator", "Operador"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// What a role may do.
    pub fn role_more(self, role: Role) -> &'static str {
        let (english, spanish) = match role {
            Role::Customer => ("buys tickets", "compra entradas"),
            Role::Organiser => {
                ("runs the events, the people and the keys", "lleva los eventos, las personas y las claves")
            }
            Role::BoxOffice => ("sells at the counter", "vende en la taquilla"),
            Role::Gate => ("lets people in", "deja entrar al público"),
            Role::Admin => ("runs the whole installation", "dirige toda la instalación"),
            Role::Sre => ("keeps it going and watches the lines", "la mantiene en marcha y cuida las colas"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// Roles as a list: `Organiser, Gate`.
    pub fn roles(self, roles: &[Role]) -> String {
        roles.iter().map(|role| self.role(*role)).collect::<Vec<_>>().join(", ")
    }

    /// What a key's scope lets it do.
    pub fn scope(self, scope: Scope) -> &'static str {
        let (english, spanish) = match scope {
            Scope::TicketsSell => ("sell tickets at a counter", "vender entradas en un mostrador"),
            Scope::TicketsRead => ("read tickets, counts and revenue", "leer entradas, recuentos e ingresos"),
            Scope::EventsWrite => ("change events, venues and plans", "cambiar eventos, recintos y planos"),
        };
        match self {
            Self::En => english,
            Self::Es => spanish,
        }
    }

    /// `until 3 Mar 2027 12:00`.
    pub fn until(self, when: &str) -> String {
        match self {
            Self::En => format!("until {when}"),
            Self::Es => format!("hasta el {when}"),
        }
    }

    /// What is to be known of an invitation's link.
    pub fn invitation_made_more(self, email: &str, until: &str) -> String {
        match self {
            Self::En => format!("It is shown only now. It is for {email} alone, and good until {until}."),
            Self::Es => format!("Solo se muestra ahora. Es solo para {email} y vale hasta el {until}."),
        }
    }

    /// What an accepted invitation gave.
    pub fn invitation_accepted(self, organisation: &str, roles: &str) -> String {
        match self {
            Self::En => format!("You are in {organisation} now, as: {roles}."),
            Self::Es => format!("Ya estás en {organisation}, como: {roles}."),
        }
    }

    /// How many accounts were found.
    pub fn users_found(self, found: usize, more: bool) -> String {
        let number = i64::try_from(found).unwrap_or(i64::MAX);
        let shown = count(self, number);
        match (self, more) {
            (Self::En, false) => format!("{shown} {} found", plural(number, "account", "accounts")),
            (Self::En, true) => format!("{shown} accounts shown, there are more"),
            (Self::Es, false) => {
                format!("{shown} {}", plural(number, "cuenta encontrada", "cuentas encontradas"))
            }
            (Self::Es, true) => format!("{shown} cuentas a la vista, hay más"),
        }
    }
}
