// Lengths and counts that Slack enforces and that no type states. Written from
// Slack's reference pages, below docs.slack.dev/reference; it shares nothing
// with the tables in Go, which are compared with it in drift.test.mjs.
//
// stated names where the declarations of @slack/types say the same in words:
// [interface, property]. A third item is what they say where they differ.

const row = (most, page, ...stated) => ({ most, page, stated });

export const limits = {
  messageBlocks: row(50, 'block-kit/blocks'),
  viewBlocks: row(100, 'block-kit/blocks', ['BaseView', 'blocks']),
  viewBytes: row(250_000, 'methods/views.open'), // error view_too_large
  updatedText: row(4000, 'methods/chat.update'), // error msg_too_long
  postedText: row(40_000, 'methods/chat.postMessage'),

  blockID: row(255, 'block-kit/blocks', ['Block', 'block_id']),
  actionID: row(255, 'block-kit/block-elements', ['Action', 'action_id']),
  callbackID: row(255, 'views', ['BaseView', 'callback_id']),
  externalID: row(255, 'views'),
  privateMetadata: row(3000, 'views', ['BaseView', 'private_metadata']),

  textObject: row(3000, 'block-kit/composition-objects/text-object', ['PlainTextElement', 'text'], ['MrkdwnElement', 'text']),
  header: row(150, 'block-kit/blocks/header-block', ['HeaderBlock', 'text']),
  section: row(3000, 'block-kit/blocks/section-block', ['SectionBlock', 'text']),
  fields: row(10, 'block-kit/blocks/section-block', ['SectionBlock', 'fields']),
  field: row(2000, 'block-kit/blocks/section-block', ['SectionBlock', 'fields']),
  contextElements: row(10, 'block-kit/blocks/context-block', ['ContextBlock', 'elements']),
  actions: row(25, 'block-kit/blocks/actions-block', ['ActionsBlock', 'elements']),
  markdown: row(12_000, 'block-kit/blocks/markdown-block', ['MarkdownBlock', 'text']),
  imageAlt: row(2000, 'block-kit/blocks/image-block', ['ImageBlock', 'alt_text']),
  imageTitle: row(2000, 'block-kit/blocks/image-block', ['ImageBlock', 'title']),
  imageURL: row(3000, 'block-kit/blocks/image-block'),
  inputLabel: row(2000, 'block-kit/blocks/input-block', ['InputBlock', 'label']),
  inputHint: row(2000, 'block-kit/blocks/input-block', ['InputBlock', 'hint']),

  buttonText: row(75, 'block-kit/block-elements/button-element', ['Button', 'text']),
  buttonValue: row(2000, 'block-kit/block-elements/button-element', ['Button', 'value']),
  buttonURL: row(3000, 'block-kit/block-elements/button-element', ['Button', 'url']),
  buttonSpoken: row(75, 'block-kit/block-elements/button-element', ['Button', 'accessibility_label']),
  placeholder: row(150, 'block-kit/block-elements', ['Placeholdable', 'placeholder']),
  options: row(100, 'block-kit/block-elements/select-menu-element', ['StaticSelect', 'options'], ['MultiStaticSelect', 'options']),
  optionGroups: row(100, 'block-kit/block-elements/select-menu-element', ['StaticSelect', 'option_groups'], ['MultiStaticSelect', 'option_groups']),
  groupOptions: row(100, 'block-kit/composition-objects/option-group-object', ['OptionGroup', 'options']),
  groupLabel: row(75, 'block-kit/composition-objects/option-group-object', ['OptionGroup', 'label']),
  choices: row(10, 'block-kit/block-elements/radio-button-group-element', ['RadioButtons', 'options'], ['Checkboxes', 'options']),
  overflow: row(5, 'block-kit/block-elements/overflow-menu-element', ['Overflow', 'options']),
  optionText: row(75, 'block-kit/composition-objects/option-object', ['PlainTextOption', 'text'], ['MrkdwnOption', 'text']),
  optionDescription: row(75, 'block-kit/composition-objects/option-object', ['OptionDescriptor', 'description']),
  optionURL: row(3000, 'block-kit/composition-objects/option-object', ['OptionDescriptor', 'url']),
  // The page raised this once; the declarations were not brought along.
  optionValue: row(150, 'block-kit/composition-objects/option-object', ['OptionDescriptor', 'value', 75]),
  typed: row(3000, 'block-kit/block-elements/plain-text-input-element', ['PlainTextInput', 'min_length']),

  confirmTitle: row(100, 'block-kit/composition-objects/confirmation-dialog-object', ['Confirm', 'title']),
  confirmText: row(300, 'block-kit/composition-objects/confirmation-dialog-object', ['Confirm', 'text']),
  confirmButton: row(30, 'block-kit/composition-objects/confirmation-dialog-object', ['Confirm', 'confirm'], ['Confirm', 'deny']),

  modalTitle: row(24, 'views', ['ModalView', 'title']),
  modalSubmit: row(24, 'views', ['ModalView', 'submit']),
  modalClose: row(24, 'views', ['ModalView', 'close']),
  modalDepth: row(3, 'views'),
};

// inGo names the row that a constant of a Go table stands for. A constant that
// is not here fails the comparison: give it its row.
export const inGo = {
  'internal/adapters/slack/limits.go': {
    maxBlocks: 'messageBlocks',
    maxHeader: 'header',
    maxActions: 'actions',
    maxContext: 'textObject',
    maxButtonLabel: 'buttonText',
    maxButtonValue: 'buttonValue',
    maxButtonURL: 'buttonURL',
    maxButtonSpoken: 'buttonSpoken',
    maxActionID: 'actionID',
    maxBlockID: 'blockID',
    maxTopText: 'updatedText',
    maxConfirmTitle: 'confirmTitle',
    maxConfirmText: 'confirmText',
    maxConfirmButton: 'confirmButton',
    maxModalTitle: 'modalTitle',
    maxInputLabel: 'inputLabel',
    maxInput: 'typed',
    maxPlaceholder: 'placeholder',
    maxOptions: 'options',
    maxOptionText: 'optionText',
    maxOptionValue: 'optionValue',
  },
  'internal/sim/slack/limits.go': {
    maxMessageBlocks: 'messageBlocks',
    maxViewBlocks: 'viewBlocks',
    maxViewBytes: 'viewBytes',
    maxIdentifier: 'actionID',
    maxMetadata: 'privateMetadata',
    maxHeaderText: 'header',
    maxSectionText: 'section',
    maxFields: 'fields',
    maxFieldText: 'field',
    maxContextItems: 'contextElements',
    maxContextText: 'textObject',
    maxActions: 'actions',
    maxMarkdown: 'markdown',
    maxImageAlt: 'imageAlt',
    maxImageTitle: 'imageTitle',
    maxURL: 'buttonURL',
    maxButtonText: 'buttonText',
    maxButtonValue: 'buttonValue',
    maxButtonLabel: 'buttonSpoken',
    maxPlaceholder: 'placeholder',
    maxOptions: 'options',
    maxOptionGroups: 'optionGroups',
    maxOptionText: 'optionText',
    maxOptionValue: 'optionValue',
    maxChoices: 'choices',
    maxOverflow: 'overflow',
    maxInputLabel: 'inputLabel',
    maxInputText: 'typed',
    maxConfirmTitle: 'confirmTitle',
    maxConfirmText: 'confirmText',
    maxConfirmButton: 'confirmButton',
    maxModalTitle: 'modalTitle',
    maxModalButton: 'modalSubmit',
    maxModalDepth: 'modalDepth',
  },
};
