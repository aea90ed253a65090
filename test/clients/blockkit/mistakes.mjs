// Mistakes of many kinds, each planted into something that Slack's types
// accept. A check that lets one of them pass does not bite.

const label = (text) => ({ type: 'plain_text', text, emoji: false });

const message = () => ({
  text: 'Sign in to continue',
  response_type: 'ephemeral',
  replace_original: false,
  parse: 'none',
  mrkdwn: false,
  unfurl_links: false,
  unfurl_media: false,
  blocks: [
    { type: 'header', text: label('Sign in to continue') },
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'Role: ', style: { bold: true } },
            { type: 'date', timestamp: 1795431600, format: '{time}', fallback: '11:00 UTC' },
            { type: 'link', url: 'https://example.com/', text: 'Open' },
          ],
        },
      ],
    },
    { type: 'section', text: { type: 'mrkdwn', text: 'text', verbatim: true }, fields: [label('field')] },
    {
      type: 'actions',
      block_id: 'b',
      elements: [
        {
          type: 'button',
          text: label('Approve'),
          action_id: 'approve',
          value: 'v',
          style: 'primary',
          confirm: { title: label('Approve?'), text: label('For two hours.'), confirm: label('Approve'), deny: label('Back') },
        },
      ],
    },
    { type: 'context', elements: [label('small print')] },
  ],
});

const modal = () => ({
  type: 'modal',
  title: label('Elevate'),
  submit: label('Request'),
  close: label('Cancel'),
  callback_id: 'elevate',
  private_metadata: '{}',
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'role',
      label: label('Role'),
      element: { type: 'external_select', action_id: 'role', placeholder: label('Role'), min_query_length: 0 },
    },
    {
      type: 'input',
      block_id: 'duration',
      label: label('Duration'),
      element: { type: 'static_select', action_id: 'duration', options: [{ text: label('1 hour'), value: 'PT1H' }] },
    },
    { type: 'input', block_id: 'why', label: label('Reason'), element: { type: 'plain_text_input', action_id: 'why', multiline: true, max_length: 500 } },
  ],
});

const home = () => ({ type: 'home', blocks: message().blocks });
const errors = () => ({ response_action: 'errors', errors: { why: 'Say why.' } });
const update = () => ({ response_action: 'update', view: modal() });
const push = () => ({ response_action: 'push', view: modal() });
const clear = () => ({ response_action: 'clear' });
const options = () => ({ options: [{ text: label('Reader'), value: 'reader' }] });

// sound has one document of every kind. All of them must pass.
export const sound = { message, modal, home, errors, update, push, clear, options };

// mistakes: a name, the kind, and what to do to a sound document.
export const mistakes = [
  ['mrkdwn in a button', 'message', (m) => { m.blocks[3].elements[0].text.type = 'mrkdwn'; }],
  ['mrkdwn in a header', 'message', (m) => { m.blocks[0].text.type = 'mrkdwn'; }],
  ['a block that does not exist', 'message', (m) => { m.blocks[0].type = 'headline'; }],
  ['an element that does not exist', 'message', (m) => { m.blocks[3].elements[0].type = 'btn'; }],
  ['an element in the wrong block', 'message', (m) => { m.blocks[3].elements[0] = { type: 'plain_text_input', action_id: 'why' }; }],
  ['a misspelt property', 'message', (m) => { m.blocks[3].elements[0].accessability_label = 'Approve'; }],
  ['a property that is missing', 'message', (m) => { delete m.blocks[3].elements; }],
  ['a button without text', 'message', (m) => { delete m.blocks[3].elements[0].text; }],
  ['a style that does not exist', 'message', (m) => { m.blocks[3].elements[0].style = 'default'; }],
  ['a number where text belongs', 'message', (m) => { m.blocks[3].elements[0].value = 7; }],
  ['text where a number belongs', 'message', (m) => { m.blocks[1].elements[0].elements[1].timestamp = '1795431600'; }],
  ['null for a property', 'message', (m) => { m.blocks[3].block_id = null; }],
  ['null for the blocks', 'message', (m) => { m.blocks = null; }],
  ['a rich text style as a word', 'message', (m) => { m.blocks[1].elements[0].elements[0].style = 'bold'; }],
  ['rich text without a section', 'message', (m) => { m.blocks[1].elements = m.blocks[1].elements[0].elements; }],
  ['a date without a format', 'message', (m) => { delete m.blocks[1].elements[0].elements[1].format; }],
  ['a confirmation that asks nothing', 'message', (m) => { delete m.blocks[3].elements[0].confirm.text; }],
  ['emoji in mrkdwn', 'message', (m) => { m.blocks[2].text.emoji = true; }],
  ['a parse mode that does not exist', 'message', (m) => { m.parse = 'off'; }],
  ['a response type that does not exist', 'message', (m) => { m.response_type = 'private'; }],
  ['a modal without a title', 'modal', (m) => { delete m.title; }],
  ['a title as a bare string', 'modal', (m) => { m.title = 'Elevate'; }],
  ['an input without a label', 'modal', (m) => { delete m.blocks[0].label; }],
  ['an input with a button in it', 'modal', (m) => { m.blocks[0].element = { type: 'button', text: label('x'), action_id: 'x' }; }],
  ['options as bare strings', 'modal', (m) => { m.blocks[1].element.options = ['PT1H']; }],
  ['a misspelt block in a modal', 'modal', (m) => { m.blocks[0].type = 'inputs'; }],
  ['a modal type for a home tab', 'home', (m) => { m.type = 'modal'; }],
  ['a title on a home tab', 'home', (m) => { m.title = label('Home'); }],
  ['errors as a list', 'errors', (m) => { m.errors = ['Say why.']; }],
  ['an action that does not exist', 'errors', (m) => { m.response_action = 'error'; }],
  ['a misspelt block in an update', 'update', (m) => { m.view.blocks[0].type = 'inputs'; }],
  ['a push without a view', 'push', (m) => { delete m.view; }],
  ['a view on a clear', 'clear', (m) => { m.view = modal(); }],
  ['an option without text', 'options', (m) => { delete m.options[0].text; }],
  ['options and groups together', 'options', (m) => { m.option_groups = []; }],
].map(([name, kind, plant]) => {
  const value = sound[kind]();
  plant(value);
  return { name, kind, value };
});
