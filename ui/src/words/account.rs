//! Signing in and up, and the account.

use super::words;
use crate::language::Language;

words! {
    sign_in: "Sign in", "Entrar";
    signing_in: "Signing in…", "Entrando…";
    sign_out: "Sign out", "Salir";
    signing_out: "Signing out…", "Saliendo…";
    email: "Email", "Correo electrónico";
    password: "Password", "Contraseña";
    new_password: "New password", "Contraseña nueva";
    name: "Name", "Nombre";
    forgot_it: "I forgot it", "La he olvidado";
    new_here: "New here?", "¿Es tu primera vez?";
    make_account: "Make an account", "Crear una cuenta";
    making_account: "Making your account…", "Creando tu cuenta…";
    new_here_rest: ": name, email, password, nothing else.", ": nombre, correo, contraseña y nada más.";
    have_account: "You have one already?", "¿Ya tienes una?";
    sign_in_note: "Pasting and password managers work here. After ten wrong tries we wait a while; nobody is locked out for good.", "Puedes pegar y usar gestores de contraseñas. Tras diez intentos fallidos esperamos un rato; nadie se queda fuera para siempre.";
    password_hint: "At least 8 characters. Pasting and password managers work here.", "Al menos 8 caracteres. Puedes pegar y usar un gestor de contraseñas.";
    name_hint: "As it shall stand on your orders.", "Como debe figurar en tus pedidos.";
    kept_meanwhile: "What you hold is kept while you sign in.", "Lo que tienes reservado se guarda mientras entras.";
    forgot_title: "Choose a new password", "Elige una contraseña nueva";
    forgot_lede: "Enter the email of your account. We send a link to choose a new password.", "Escribe el correo de tu cuenta. Te enviamos un enlace para elegir una contraseña nueva.";
    send_link: "Send the link", "Enviar el enlace";
    sending: "Sending…", "Enviando…";
    link_sent_title: "Look at your mail", "Mira tu correo";
    link_sent: "If there is an account for this address, a link is on its way. It works once, and not for long.", "Si hay una cuenta con esa dirección, el enlace va de camino. Sirve una sola vez y por poco tiempo.";
    save_password: "Save the password", "Guardar la contraseña";
    saving: "Saving…", "Guardando…";
    password_saved_title: "Your password is the new one", "Tu contraseña ya es la nueva";
    password_saved: "All devices were signed out. Sign in with the new password.", "Se ha cerrado la sesión en todos los dispositivos. Entra con la contraseña nueva.";
    link_spent: "This link was used already or is too old. Ask for a new one.", "Este enlace ya se usó o es demasiado antiguo. Pide uno nuevo.";
    ask_again: "Ask for a new link", "Pedir un enlace nuevo";
    verify_title: "Confirm your address", "Confirma tu correo";
    verifying: "Confirming…", "Confirmando…";
    verified: "Thank you. Your address is confirmed.", "Gracias. Tu correo está confirmado.";
    verify_failed: "This link was used already or is too old.", "Este enlace ya se usó o es demasiado antiguo.";
    signed_in_as: "Signed in as", "Has entrado como";
}
