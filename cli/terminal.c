/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a person, and telling them how far things are. */
#include "cli/terminal.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/loop.h"
#include "cli/output.h"

#define SPIN_MS 150

/* Signals that stop or end us without passing the loop. */
static const int abrupt[] = { SIGTSTP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE };

static struct termios shown;        /* the terminal as the person had it */
static struct termios hidden;       /* the same without echo */
static volatile gboolean is_hidden; /* read by the signal handler */

typedef struct {
  int fd;
  GString *text;
  gboolean complete;
  gboolean ended;
  int failed; /* errno */
  gboolean (*until) (gpointer data);
  gpointer until_data;
} Line;

static guint open_questions;

static struct {
  char *text;
  guint timer;
  guint turn;
  gboolean on_screen;
} status;

void
wattle_terminal_restore (void)
{
  if (is_hidden)
    tcsetattr (STDIN_FILENO, TCSANOW, &shown);
}

/* Gives the terminal back as it was, then does what the signal does; after a
 * stop (Ctrl-Z) hides again.  Only async-signal-safe calls. */
static void
on_abrupt (int number)
{
  struct sigaction normal = { .sa_handler = SIG_DFL }, ours;
  sigset_t set;
  int saved = errno;

  wattle_terminal_restore ();
  sigaction (number, &normal, &ours);
  sigemptyset (&set);
  sigaddset (&set, number);
  raise (number);
  sigprocmask (SIG_UNBLOCK, &set, NULL);
  /* here again after SIGCONT */
  sigaction (number, &ours, NULL);
  if (is_hidden)
    tcsetattr (STDIN_FILENO, TCSANOW, &hidden);
  errno = saved;
}

static void
hide (gboolean yes)
{
  struct sigaction action = { .sa_handler = yes ? on_abrupt : SIG_DFL };

  if (yes && tcgetattr (STDIN_FILENO, &shown) != 0)
    return;
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
  if (yes)
    is_hidden = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (abrupt); i++)
    sigaction (abrupt[i], &action, NULL);
  /* Flushing on the way in drops what was typed before the question was there. */
  tcsetattr (STDIN_FILENO, yes ? TCSAFLUSH : TCSANOW, yes ? &hidden : &shown);
  if (!yes)
    is_hidden = FALSE;
}

gboolean
wattle_terminal_is_interactive (WattleCli *cli)
{
  return !cli->no_input && !cli->json && isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}

gboolean
wattle_terminal_is_asking (void)
{
  return open_questions > 0;
}

static gboolean
can_overwrite (void)
{
  const char *term = g_getenv ("TERM");

  return isatty (STDERR_FILENO) && term != NULL && !g_str_equal (term, "dumb");
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  Line *line = data;
  char c;
  ssize_t n = read (fd, &c, 1);

  if (n == 1 && c == '\n')
    line->complete = TRUE;
  else if (n == 1 && line->text->len <= WATTLE_SECRET_MAX + 1)
    g_string_append_c (line->text, c);
  else if (n == 0)
    line->ended = TRUE;
  else if (n < 0 && errno != EINTR && errno != EAGAIN)
    line->failed = errno;
  return G_SOURCE_CONTINUE;
}

static gboolean
line_is_read (gpointer data)
{
  Line *line = data;

  return line->complete || line->ended || line->failed != 0 || (line->until != NULL && line->until (line->until_data));
}

static gboolean
take_line (Line *line, char **out, GError **error)
{
  char *text = line->text->str;
  gsize len = line->text->len;

  if (line->failed != 0) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_FAILED, _ ("The answer could not be read: %s"),
                 g_strerror (line->failed));
    return FALSE;
  }
  if (len > 0 && text[len - 1] == '\r')
    text[--len] = '\0';
  if (len > WATTLE_SECRET_MAX || strlen (text) != len || !g_utf8_validate (text, len, NULL)) {
    g_set_error (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_USAGE,
                 _ ("The line is too long or is no text. At most %d bytes of UTF-8 are taken."), WATTLE_SECRET_MAX);
    return FALSE;
  }
  *out = len == 0 && !line->complete ? NULL : g_strdup (text);
  return TRUE;
}

static gboolean
read_line_until (WattleCli *cli, int fd, gboolean (*until) (gpointer data), gpointer until_data, char **out,
                 GError **error)
{
  Line line = { .fd = fd, .until = until, .until_data = until_data };
  guint source = g_unix_fd_add (fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &line);
  gboolean good;

  /* Never moved while it grows: no copy of a secret stays behind. */
  line.text = g_string_sized_new (WATTLE_SECRET_MAX + 8);
  open_questions++;
  good = wattle_loop_wait_until (cli, line_is_read, &line, 0, error);
  open_questions--;
  if (good && until != NULL && until (until_data)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the question lost its point");
    good = FALSE;
  }
  good = good && take_line (&line, out, error);

  g_source_remove (source);
  explicit_bzero (line.text->str, line.text->allocated_len);
  g_string_free (line.text, TRUE);
  return good;
}

gboolean
wattle_terminal_read_line (WattleCli *cli, int fd, char **line, GError **error)
{
  return read_line_until (cli, fd, NULL, NULL, line, error);
}

/* Shows @question; reads the answer.  The end of input is a no to everything. */
static gboolean
ask_once (WattleCli *cli, const char *question, gboolean (*until) (gpointer data), gpointer data, char **answer,
          GError **error)
{
  g_autofree char *clean = wattle_text_clean (question);
  g_autofree char *wrapped = wattle_text_wrap (clean, 0, wattle_output_width ());

  wattle_terminal_clear_status ();
  wrapped[strlen (wrapped) - 1] = ' '; /* the answer goes on the same line */
  wattle_print_error ("%s", wrapped);
  if (!read_line_until (cli, STDIN_FILENO, until, data, answer, error)) {
    wattle_print_error ("\n");
    return FALSE;
  }
  if (*answer != NULL)
    return TRUE;
  wattle_print_error ("\n");
  g_set_error_literal (error, WATTLE_EXIT_ERROR, WATTLE_EXIT_REFUSED, _ ("Stopped, as no answer was given."));
  return FALSE;
}

gboolean
wattle_terminal_ask (WattleCli *cli, const char *question, const char *fallback, char **answer, GError **error)
{
  for (;;) {
    g_autofree char *text = NULL;

    if (!ask_once (cli, question, NULL, NULL, &text, error))
      return FALSE;
    g_strstrip (text);
    if (*text != '\0' || fallback != NULL) {
      *answer = *text != '\0' ? g_steal_pointer (&text) : g_strdup (fallback);
      return TRUE;
    }
  }
}

gboolean
wattle_terminal_ask_hidden (WattleCli *cli, const char *question, char **answer, GError **error)
{
  gboolean good;

  hide (TRUE);
  good = ask_once (cli, question, NULL, NULL, answer, error);
  hide (FALSE);
  if (good)
    wattle_print_error ("\n"); /* the person's own was not shown */
  return good;
}

static gboolean
is_word (const char *text, const char *word, const char *letter)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *folded_word = g_utf8_casefold (word, -1);
  g_autofree char *folded_letter = g_utf8_casefold (letter, -1);

  return g_str_equal (folded, folded_word) || g_str_equal (folded, folded_letter);
}

gboolean
wattle_terminal_ask_yes_no_until (WattleCli *cli, const char *question, gboolean (*until) (gpointer data),
                                  gpointer data, gboolean *yes, GError **error)
{
  /* Translators: "y" and "n" are the letters below */
  g_autofree char *full = g_strdup_printf (_ ("%s [y/n]"), question);

  for (;;) {
    g_autofree char *text = NULL;

    if (!ask_once (cli, full, until, data, &text, error))
      return FALSE;
    g_strstrip (text);
    /* Translators: what a person types for yes, in full and as a letter */
    *yes = is_word (text, _ ("yes"), C_ ("answer", "y"));
    if (*yes || is_word (text, _ ("no"), C_ ("answer", "n")))
      return TRUE;
    wattle_print_error ("%s\n", _ ("Please type y for yes or n for no."));
  }
}

gboolean
wattle_terminal_ask_yes_no (WattleCli *cli, const char *question, gboolean *yes, GError **error)
{
  return wattle_terminal_ask_yes_no_until (cli, question, NULL, NULL, yes, error);
}

gboolean
wattle_terminal_ask_choice (WattleCli *cli, const char *question, const char *const *choices, guint *chosen,
                            GError **error)
{
  guint count = g_strv_length ((char **)choices);

  for (guint i = 0; i < count; i++) {
    g_autofree char *line = g_strdup_printf ("%u: %s", i + 1, choices[i]);

    wattle_print_paragraph (2, line);
  }
  for (;;) {
    g_autofree char *full = g_strdup_printf ("%s [1-%u]", question, count);
    g_autofree char *text = NULL;
    guint64 number = 0;

    if (!ask_once (cli, full, NULL, NULL, &text, error))
      return FALSE;
    if (g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, count, &number, NULL)) {
      *chosen = (guint)number - 1;
      return TRUE;
    }
    wattle_print_error (_ ("Please type a number from 1 to %u.\n"), count);
  }
}

static void
draw_status (void)
{
  static const char *const turns[] = { "|", "/", "-", "\\" };
  g_autofree char *line = g_strdup_printf ("%s %s", turns[status.turn++ % G_N_ELEMENTS (turns)], status.text);
  g_autofree char *fits = wattle_text_cut (line, MAX (wattle_output_width (), 21) - 1);

  wattle_print_error ("\r\033[K%s", fits);
  fflush (stderr);
  status.on_screen = TRUE;
}

static gboolean
on_spin (gpointer data)
{
  draw_status ();
  return G_SOURCE_CONTINUE;
}

void
wattle_terminal_clear_status (void)
{
  if (status.on_screen)
    wattle_print_error ("\r\033[K");
  if (status.timer != 0)
    g_source_remove (status.timer);
  g_clear_pointer (&status.text, g_free);
  status.timer = 0;
  status.on_screen = FALSE;
}

void
wattle_terminal_status (WattleCli *cli, const char *text)
{
  g_autofree char *clean = wattle_text_clean (text);

  if (g_strcmp0 (clean, status.text) == 0 || cli->json || !isatty (STDERR_FILENO))
    return; /* a script's log needs what happened, not what goes on */
  if (status.timer == 0 || !can_overwrite ())
    wattle_terminal_clear_status ();
  if (text == NULL) {
    wattle_terminal_clear_status ();
    return;
  }
  g_free (status.text);
  status.text = g_steal_pointer (&clean);
  if (!can_overwrite ()) {
    wattle_print_error ("%s\n", status.text);
    return;
  }
  draw_status ();
  if (status.timer == 0)
    status.timer = g_timeout_add (SPIN_MS, on_spin, NULL);
}

void
wattle_terminal_progress (WattleCli *cli, double fraction, const char *text)
{
  g_autofree char *line = NULL;

  /* Each percentage on a line of its own would bury what matters. */
  if (can_overwrite ())
    line = g_strdup_printf ("%3.0f%%  %s", CLAMP (fraction, 0.0, 1.0) * 100, text != NULL ? text : "");
  wattle_terminal_status (cli, line != NULL ? line : text);
}
