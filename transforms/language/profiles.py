"""What is typical of a language in writing: its letters and its function words.

Function words (articles, prepositions, auxiliaries) are a third to a half of the words of a
running text, whatever it speaks of, and hardly occur in names: they tell languages apart where
character n-grams fail, in headlines full of names and between close relatives. A few everyday
content words stand in where relatives share the function words (Croatian "tjedan", Bosnian
"sedmica").
"""

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from transforms.language.tags import codes

# One line a language and script: code, letters beyond the basic ones, "|", function words.
_LATIN = """
af êëéôûîïö | die en van in is het wat nie te dat sy hy om met vir op aan ook as by sal was word \
  hulle ek ons haar hom kan deur moet maar n wees nog na uit oor so daar reeds baie hierdie toe \
  teen tot geen jy jou my hul wil waar onder tussen gaan eerste nuwe jaar
az çəğıöşü | və bu ki bir ilə üçün də da o olan olaraq kimi daha sonra isə ən onun çox var edir \
  olub bildirib dedi həm görə qədər ilk ildə deyil hər yox amma lakin biz edib nə olduğu tərəfindən
br êñùâ | ar an ha a da e zo gant eus ur war ne en hag evit met er ket eo oa bet o deus din ez \
  c h gwelet un bro hon
bs čćđšž | i u je na se za da su s sa od a o ne nije bio kao koji iz što šta koja ili će te sve \
  samo bi do po uz prema može već nakon kako više tako biti ali još godine koje njegov prije gdje \
  također takođe tokom ko neko dio riječ jer zbog između bila bilo smo uvijek nego svoje poslije \
  hiljada sedmica sedmice historija evropske općina dvije lijepo bosne hercegovine bosanski
ca àçéèíïóòúü· | de la i el que a en els per un amb del una les es al dels l d va és no més se s \
  ha com o han seva seu pel també són aquest aquesta entre ser està fins però quan sobre ja sense \
  molt on li què hi tot ho sota dos pels anys segons després perquè ni això ens n m
cs áčďéěíňóřšťúůýž | a v se na je že s z do o to i k ve by jako si pro za ale podle po od byl jsou \
  jsem jeho které který však tak už nebo roce byla bylo jen při než může aby není také až bude ze \
  ke co má která mezi před této mu ještě když proti jsme byly její jí
cy âêîôûŵŷïáéä | y yr a i yn o ar am ei ac mae wedi gan bod eu ond oedd hefyd at fod nid sy sydd \
  fel roedd hyn ni un hynny dros mewn gyda wrth ag gael fe mwy neu nhw hi yma pan maen bydd cael \
  r n u w
da æøåé | og i at det er en den til på af for med de har ikke der et som var han men om sig fra \
  vi hun kan skal ved også efter så eller nu havde over blev vil bliver ud hvor mere når jeg være \
  op end mod andre kun hvad meget dem skulle mellem under uden disse deres mig dig nogle
de äöüß | der die und in das den von zu mit ist des sich auf für dem im nicht ein eine als auch \
  es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so \
  zum war haben nur oder aber vor zur bis mehr durch kann gegen vom sei wurde ihre seine ich wir \
  will soll unter eines
en - | the of and to in a is that for it as was with be by on not he his but at are this have \
  from or had an they which one you were all her she there would their we him been has when who \
  will more no if out so said what up its about into than them can only other new some could these \
  two may then do first any my now such like our over after also did many before must through \
  years s t don i how me your while where
eo ĉĝĥĵŝŭ | la de kaj en al estas por ke ne kun mi li ĝi ĉi oni pri sed estis pli tiu tio kiu \
  kiuj el da kiel unu ankaŭ aŭ se je sur post sia ili ni ĉiuj tre nur dum inter kion vi ŝi tiuj \
  estu per
es áéíóúüñ | de la que el en y a los del se las por un con una su para es al lo como más o pero \
  sus fue ha le no este sí entre ser son también desde está cuando muy sin sobre hay años me todo \
  hasta han esta dos donde porque durante contra él ya según había esto ese tiene así nos si
et äöõüšž | ja on ei et see ta oli ka kui mis aga või oma ning kes nii seda ole siis välja pärast \
  veel väga nagu mida tema olid selle need üks kuid juba sest peab kõik ma ainult saab mille \
  tuleb sellest kus ega pole
eu ñ | eta da ez du bat dira ere izan dute zuen egin dela zen baina hau beste den bere baino edo \
  dago hori duen izango ditu egiten zer baten diren gabe arte ondoren bi dituzte zuten nahi da \
  hala horrek dituen daude ziren
fi äöåšž | ja on ei se että oli hän joka mutta myös kun ovat kuin niin mukaan ole jos sen sitä \
  vain tai nyt mitä ollut hänen jo olla ne tämä mikä noin vielä koska kanssa jälkeen jotka eivät \
  sekä voi olisi hyvin minä ennen
fo áíóúýæøð | og at í á er sum var til um við hann fyri ikki eru hevur tað har frá hon eftir \
  verið teir eg hetta hava so eisini tá ella men hjá úr vóru verður vera ein eitt ímóti føroyar
fr àâæçéèêëîïôœùûüÿ | de la le les et des en du un une que est dans qui pour par sur au plus ne \
  pas se sont avec il ce a aux d l s qu n c son sa ses mais ou été cette elle comme ont leur ces \
  nous être après deux fait ils entre si avait même aussi sans selon je tout dont était j on y où
fy âêôûú | de it fan en in is dat net op te mei foar syn binne by oan yn ek as nei út hy sy wy ik \
  wurdt waard hat hawwe mar om troch oer har noch dy jo wol kin fryslân
ga áéíóú | an na agus ar a i is le go ag do bhí ní atá tá sé sin mar de nó chun seo as ó leis air \
  ach faoi don den siad sí bhfuil raibh gur nach féin mé eile gach cuid níos sna ina idir dhá
gd àèìòù | an na agus air a ann is le gu aig do bha chan tha e sin mar de no seo às bho leis ach \
  don i iad gum nach fhèin mi eile gach ris am nan airson cha robh
gl áéíóúüñï | de a o que e do da en un para con non unha os no se na por máis as dos como pero ao \
  foi das á son seu súa ou ser cando moi nos xa tamén é polo pola ata isto ela entre despois sen \
  mesmo aos seus nas me ese nin teñen ten foron el está hai coa co cos aínda onte tras dende \
  segundo lle eles
ha ɓɗƙ | da a na ta ya ba cikin wannan don sun shi ne ce kuma wanda yi shugaban su ko kan ga mai \
  zuwa bayan an yana suka haka ke wani wata
hr čćđšž | i u je na se za da su s od a o ne nije bio kao koji iz što koja ili će te sve samo bi \
  do po uz prema može već nakon kako više tako biti ali još godine koje njegov prije gdje također \
  tijekom tko netko dio riječ jer zbog između bila bilo smo uvijek nego svoje tisuća tjedan tjedna \
  povijest europske općina dvije lijepo sustav hrvatske hrvatski poslije
ht èòé | la an nan yo ki te pou ak li pa nou gen sou sa ap yon fè lè men tout kap moun
hu áéíóöőúüű | a az és hogy nem is egy ez meg csak mint volt már de még van el azt ha sem után \
  vagy szerint között ki majd lesz ezt kell pedig több két azonban minden ezek amely ami aki \
  illetve által vannak lehet voltak
id - | yang dan di dari untuk pada dengan ini itu dalam tidak akan oleh juga karena adalah ke saat \
  telah sebagai bahwa tersebut bisa ada mereka kata dia ia atau tahun saya sudah lebih setelah \
  hanya namun para menjadi dapat serta kepada seperti sebuah kami secara yaitu hingga sementara \
  kita anda polisi sangat boleh beliau daripada tetapi ketika semua bagi turut \
  sedangkan maupun usai uang
ig ịọụṅ | na nke bụ ya ndị n ka ma a dị ha o ọ mere maka site i gị si ahụ otu ga naanị
is áéíóúýþæöð | og að í á er sem var til um við með en af það hann fyrir ekki eru hefur þess þar \
  frá hún því eftir verið þeir ég þetta hafa sé upp svo einnig þá eða hans voru hefði verður vera \
  úr þegar þeirra þau þeim
it àèéìíòóùú | di e il la che in a per un del è una si della da non con le i dei al l sono nel \
  più come anche ha alla delle gli dell ma o lo dal su ed ai se nella degli all era dalla suo sua \
  essere loro questo tra stato hanno fra quando dopo anni ci prima quello ancora solo chi nell \
  cui due mi molto dove sul sulla secondo d dall
ku çêîşû | û li ku di de ji bi bo ew ev da ya yên ên jî hat na ne heye çi her lê an ber piştî jê \
  ez em kir dike dibe yek xwe wî wê min
la āēīōū | et in est ad non cum qui quod ut ex a ab de sed per quae si enim esse sunt aut atque \
  ac ne hoc nec eius etiam quam eo autem se id ipse tamen erat fuit inter post pro qua quo haec \
  his sub neque igitur quidem quoque
lb äëéüö | den d de an ass mat vun fir och net ze op dat datt eng en et déi sinn hunn huet wéi si \
  hien bei zu gouf gëtt wier um am vum zum awer nach iwwer no do wann
lg ŋ | mu ku nga era n ne okuva abantu nti bya ye bwe kya ya ba ka naye ewa nnyo ebintu gwa oba \
  kuba lwa ono bano mwe ng wa
lt ąčęėįšųūž | ir kad į yra iš su ne tai kaip o buvo per bet apie už dėl nuo jo ar taip tik jis \
  pat po savo jau jei kurie kuris iki metų labai dar būti gali prie jos ką jie prieš tačiau mūsų \
  bus šis ji kai
lv āčēģīķļņšūž | un ir ar no uz par ka kas lai tas ne arī pēc bet kā vai bija gan kur to viņš tā \
  tiek ļoti pie līdz būs ja nav jau tikai ko tika pat viņa šo savu starp gada gadā kopā es ap vēl
mi āēīōū | te ki o i he ka ngā me nga mō a e ko kua ia ana nei tōna mai ai tā mā roto rā tēnei \
  hoki rātou tana kia tō iho atu
ms - | yang dan di dari untuk pada dengan ini itu dalam tidak akan oleh juga kerana adalah ke \
  telah sebagai bahawa tersebut boleh ada mereka kata dia atau tahun saya sudah lebih selepas \
  hanya namun para menjadi dapat serta kepada seperti sebuah kami secara iaitu hingga beliau ialah \
  bagi daripada turut ketika sahaja mengikut tetapi kita anda polis sangat semua \
  manakala menerusi semasa wang
mt ċġħżàèìòù | li ta fil u il l biex ma f din għal mill dan kien minn kif huwa jew fuq b tal \
  kienu qal x aktar s hija jekk wara bil mal dwar hu wkoll lill jkun kull qed mhux
nb æøåé | og i at det er en den til på av for med de har ikke som var han men om seg fra vi hun \
  kan skal ved også etter så eller nå hadde over ble vil blir ut hvor mer når jeg være opp enn mot \
  andre bare hva mye dem skulle mellom under uten disse deres et meg deg noen noe
nl éëïöü | de het een en van in is dat op te met voor zijn er niet aan die om ook als naar bij \
  door uit ze hij maar worden werd wordt heeft hebben zich nog over dan tot was we ik kan meer dit \
  geen onder tegen moet zou zo wat wel al na haar deze hun omdat volgens
nn æøåòé | og i at det er ein den til på av for med dei har ikkje som var han men om seg frå vi ho \
  kan skal ved også etter så eller no hadde over vart vil blir ut kvar meir når eg vere opp enn \
  mot andre berre kva mykje skulle mellom under utan desse deira eit me noko vore blei deg meg \
  nokre
oc àáçèéíòóúü | de la lo e que a en los per un amb del una las es al dels l d pas mai se coma o \
  son tanben aquel aquesta entre fins mas quand sus sens plan dins qu foguèt èra i ai an
pl ąćęłńóśźż | w i na z do się nie że to o jest a jak od po za przez dla oraz są ale co tym tego \
  był było już tylko być ma który która które może roku przy także te czy ich jego jej ze go pod \
  nad we gdy mnie bardzo podczas przed jednak
pt áâãàçéêíóôõúü | de a o que e do da em um para com não uma os no se na por mais as dos como mas \
  ao foi das à são seu sua ou ser quando muito nos já também é pelo pela até isso ela entre depois \
  sem mesmo aos seus quem nas me esse eles você essa num nem às tem foram ele está há
ro ăâîșțşţ | și şi de în a la cu pe din că o un să care nu este pentru mai al ai au sunt fost ce \
  sau se ale lui prin după această acest dar fi ar va lor sa cea le fiind despre între până unui \
  unei asupra cel foarte când îi era i l
rw - | mu ku na ya ko no wa yo bya abantu kandi ni ari icyo uko yavuze cyangwa kuri ubwo cyane ba \
  bo iyo ibyo nk
sk áäčďéíĺľňóôŕšťúýž | a v sa na je že s z do o to aj k vo by ako si pre za ale podľa po od bol sú \
  som jeho ktoré ktorý však tak už alebo roku bola bolo len pri než môže aby nie tiež až bude zo \
  ku čo má ktorá medzi pred tejto mu ešte keď proti ich jej i boli sme
sl čšž | in je v na da se za so z s pa ki bi po ne ni tudi od do kot o ga pri iz kar še ali med že \
  lahko bil bila bilo bo le ko pred kako če več leta sta jih smo ter nad vendar zaradi ima
sn - | uye kuti kana asi kuna nekuti ne ari ndi iri zvino ini vanhu izvi kubva zvakare panguva uyu \
  pa mu munhu vose zvose ivo iye chete wake kwazvo
so - | iyo oo ka ku u ay ah in waa la uu ee soo aan si lagu waxaa wax ayaa isku kala inay ayuu \
  marka laga waxay kale badan loo lahaa inuu mid qof haddii sida
sq ëç | dhe në të e i për me një se që nga ka është u si do nuk më por ai kanë ishte janë këtë \
  edhe ku pas ose sa ky kjo tij saj duke tek atë mund vetëm nëse ndërsa tha së
sr čćđšž | i u je na se za da su s sa od a o ne nije bio kao koji iz što šta koja ili će te sve \
  samo bi do po uz prema može već nakon kako više tako biti ali još godine koje njegov pre gde \
  takođe tokom ko neko deo reč jer zbog između bila bilo smo uvek nego svoje posle ovde hiljada \
  nedelje istorija evropske opština dve lepo vreme srbije srpski
st š | ho ya le ka ha e o ba hore tsa mme ke a sa ne se bo di la fela hoba kapa jwalo jwang tse \
  batho na mona nna ena hobane tla
sv åäöé | och i att det är en den till på av för med de har inte som var han men om sig från vi \
  hon kan ska vid också efter så eller nu hade över blev vill blir ut där mer när jag vara upp än \
  mot andra bara vad mycket dem skulle mellan under utan dessa deras ett enligt mig
sw - | na ya wa kwa ni katika la za cha hiyo huo kuwa hii huyo pia kama ili hivyo baada ambayo \
  ambao watu huku wakati kutoka yake wake lakini hata alisema si mwa hilo au nchi bila zaidi kila \
  hayo vya hao yao hizo hadi
tl ñ | ang ng sa mga na at ay para ni si ito hindi kay isang siya may niya pa mula kanyang ko din \
  rin lang nang ako ka kung kanilang sila ayon naman o nila dahil kaniyang bilang wala
tn šê | go ya le ka fa e o ba gore tsa mme ke a sa ne se bo di la fela gonne kgotsa jaaka tse \
  batho mo nna ena ga wa kwa tla re
tr çğıöşüâî | ve bir bu da de için ile çok daha olarak olan o gibi en kadar sonra ise ne ki var \
  her değil mi ama ya olduğu göre ilk iki yeni yok şey ben oldu etti dedi diye bunu ancak tarafından
ts - | ku ya ni ka e u va leswaku swa naswona ndzi a hi na le wa ra hikuva kumbe vanhu eka xi loko \
  n lava wena hinkwavo tani yena vona
uz ʻ | va bu bilan uchun bir ham deb edi bo lgan lib o u emas mumkin kerak uning lekin z qilish \
  haqida yil esa
vi ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ | của và là có được cho \
  trong không một với các này đã người những để khi từ đến cũng như về tại vào ra sẽ trên làm \
  theo năm nhiều phải đó ở nhưng bị hơn nói thì sau
xh - | ukuba kwaye kodwa okanye xa le lo la ke nje ngoko kwi kule nto into ngokuba ukuze apho \
  umntu abantu yakhe wakhe kakhulu kunye nokuba njengoko oku kananjalo ngenxa emva phambi ngoku \
  kuba ukusuka ukuya uthe eli zonke bonke konke ngaphandle kwakhona ngexesha ngokutsho
yo ẹọṣàáèéìíòóùúńǹ | ni ti o tí ní àti fún sí bí kan wọn kò pé láti àwọn ọ ó náà ṣe jẹ́ nínú sì ń \
  yìí mo rẹ̀ ẹ fi bá lè kí
zu - | ukuthi futhi ngoba kodwa uma le lo la kanye noma yena ukuba njengoba kule lokhu wathi nje \
  kuze lapho kakhulu bonke konke bakhe wakhe yakhe ngemuva ngaphambi manje kusuka kuya abantu into \
  uthe zonke lesi leli kuleli ngesikhathi kanti nokho ngenxa emva ku
"""

_CYRILLIC = """
be абвгдеёжзійклмнопрстуўфхцчшыьэюя | і ў на не што з па гэта як за да яго ад для але быў у так \
  жа аб яна ўсё а ён яны мы было быць пры або пасля б які калі ўжо толькі яе таксама са каб іх \
  былі няма года можа дзе яшчэ ёсць якія пад над паміж гэтым пра
bg абвгдежзийклмнопрстуфхцчшщъьюяѝ | на и да в за се от не е са с по че като до но при към или си \
  ще това след което който как които която само му има още ако може бе без те той бъде беше през \
  пред между й ни във със тази този тя
kk абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі | және бұл мен бар үшін да де деп жоқ ол бір осы \
  сол ең сонымен кейін болды болып дейін туралы ретінде бойынша арқылы ғана емес еді керек оның \
  олар біз бен пен отыр екен
ky абвгдеёжзийклмнопрстуфхцчшщъыьэюяңөү | жана бул менен үчүн да деп жок ал бир ошол эң кийин \
  болду болуп чейин тууралуу катары боюнча аркылуу гана эмес эле керек анын алар биз бар экен \
  тарабынан
mk абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ | на и во се да од за не е со ќе ги го што како по или тоа \
  а до ја кои кој која дека ако би само уште според ми беше биде има му им нема сум сме меѓу при \
  овој оваа тие многу веќе но ние кон
mn абвгдеёжзийклмнопрстуфхцчшщъыьэюяөү | нь байна юм болон энэ ба хийх гэж байсан дээр бол ч тэр \
  нэг бас мөн гэсэн болно байгаа бөгөөд тухай хүн онд ямар бид тул гэх эсвэл үед болсон
ru абвгдеёжзийклмнопрстуфхцчшщъыьэюя | и в на не что с по это как из за к его от для но был у так \
  же о то она все а он они мы было быть при или после бы который если уже только до ее во также \
  со чтобы их были когда нет года может где еще есть которые под над между
sr абвгдђежзијклљмнњопрстћуфхцчџш | и у је на се за да су с са од а о не није био као који из што \
  шта која или ће те све само би до по уз према може већ након како више тако бити али још године \
  које његов пре где такође током ко део реч јер због између била било смо увек него своје после
tg абвгдеёжзийклмнопрстуфхцчшщъьэюяғӣқӯҳҷы | ва дар аз ба ки ин бо барои аст то он ҳам як мо онҳо \
  буд шуд мешавад кардан худ ҳар низ аммо баъд
tt абвгдеёжзийклмнопрстуфхцчшщъыьэюяәөүҗңһ | һәм белән өчен бу да дә бер дип ул иде булган генә \
  бик соң шул аның алар без турында кебек
uk абвгґдеєжзиіїйклмнопрстуфхцчшщьюя | і в на не що з по це як із за до його від для але був у \
  так же о та вона все а він вони ми було бути при або після би який якщо вже тільки її також зі \
  щоб їх були коли немає року може де ще є які під над між й про
uz абвгдеёжзийклмнопрстуфхцчшъьэюяўқғҳ | ва бу билан учун бир ҳам деб эди бўлган бўлиб ўз у эмас \
  мумкин керак унинг лекин ўзбекистон
"""

_ARABIC = """
ar ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي | في من على إلى أن عن هذا التي مع ما الذي كان لا هذه بعد \
  قد ذلك بين كما لم وقد أو و قال حيث خلال كل غير عليه عام ان الى أي قبل فيها هو هي كانت اليوم \
  وفي به عند حتى إن ثم
ckb ئابپتجچحخدرڕزژسشعغفڤقکگلڵمنوۆهەیێھ | لە و بۆ بە کە ئەم لەگەڵ ئەو هەر دوای نێوان کرد بوو \
  دەکات نەک هەموو وەک تر یان سەر بەڵام ئێمە ناو دەبێت بووە پێش هەروەها ی
fa ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیيك | و در به از که این را با است برای آن یک بر تا خود \
  شد کرد هم اما باید بود شده می او های ها کند ما پس نیز هر شود گفت یا دیگر اند شان پیش بین نه ای
ps ءآابپتټثجچحخځڅدډذرړزژږسشښصضطظعغفقکګگلمنڼوهیيېۍئ | د په چې او کې له ته دی سره یې دا هم نه پر \
  هغه وي شوی کړي تر څخه کړل وو دې لپاره ده خو یو وروسته باندې هغوی کول شوې کوي
sd ءآئابپڀتٿٽٺثجڄجھڃچڇحخدڌڏڊڍذرڙزسشصضطظعغفڦقڪکگڳڱلمنڻوهھي۽۾ | جي ۾ ۽ جو کي آهي تي ته سان هن \
  کان جا هي هو آهن به نه جنهن لاءِ ڪيو ڪري هڪ
ug ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېەىي | ۋە بۇ بىلەن ئۈچۈن بىر دەپ بولغان ئۇ ئۇلار قىلىپ ھەم \
  كېيىن بولۇپ ئىدى ئەمەس ئۇنىڭ
ur ءآأؤئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھیےۂۓۃ | کے میں کی ہے اور سے کا کو اس نے کہ پر یہ ہیں \
  کہا تھا ایک بھی کر نہیں کیا ہو گیا وہ ان لیے ساتھ جو تو جس رہے گا ہوئے بعد جا گے اپنے تھے لئے \
  رہا ہی
"""

_DEVANAGARI = """
hi - | के में की है और से का को पर ने कि यह हैं एक भी कर इस नहीं लिए था कहा ही जो हो तो गया वह \
  साथ अपने बाद थे रहे होने किया तक या थी उन करने जा रहा कुछ अब गई
mr ळ | आहे आणि या च ते व मध्ये की हे तर असे नाही होते होता आहेत केली केले त्या एक त्यांनी हा ही \
  केला पण झाले काही मात्र येथे साठी म्हणून यांनी असून त्यांच्या आले तो करण्यात यांच्या आला
ne - | र छ को मा का ले पनि भएको छन् लागि गर्ने यो हो गरेको एक तथा भने थियो बाट गर्न उनले भन्ने \
  हुने छैन त्यो तर यस जना गरी रहेको भएका हुन् सँग गरिएको
sa ळ | च न एव अस्ति इति तु अपि सः यत् तस्य तत् किन्तु भवति अत्र वा ते तथा ये
"""

_HEBREW = """
he - | של את על לא הוא היא זה עם כי גם או אם כל אבל בין לפני אחרי יותר היה היו אני אנחנו הם יש אין
yi װױײ | און די דער איז צו אין פון האט מיט אז נישט אויף פאר דאס זיין וואס ער זיי א האבן אבער ווי
"""

_BENGALI = """
as ৰৱ | আৰু এই হয় কৰি এটা পৰা তেওঁ কৰা বাবে লগত
bn র | এই ও এবং থেকে করে না হয় তিনি জন্য তার এক করা হবে কিন্তু বলে সঙ্গে সাথে
"""

_ETHIOPIC = """
am ኧ | ነው ላይ እና ውስጥ ግን ወደ ጋር ነበር እንደ ሲሆን ናቸው በኋላ ይህ አንድ
ti ቐቕኸዀ | እዩ ናይ ኣብ እቲ ግን ናብ ምስ ከም ነቲ እዮም ድማ ካብ ሓደ ኣይኮነን ዝነበረ
"""

# The share of function words to expect: many languages write them as endings or prefixes.
_DENSITY = 0.3
_SPARSE = dict.fromkeys(
    codes("am ar as az bn et eu fi he hu id kk ky la lg lt lv mr ms ne sa ti tr tt ug uz vi yo"),
    0.13,
) | dict.fromkeys(codes("mn rw sn xh zu"), 0.07)


@dataclass(frozen=True)
class Profile:
    """One written language.

    `letters` are those it uses beyond the letters that all languages of the script share;
    `density` is the share of function words to expect in its text, in (0, 1).
    """

    language: str
    letters: frozenset[str]
    words: frozenset[str]
    density: float


@dataclass(frozen=True)
class Script:
    """The languages that a script writes and tables made from their profiles.

    `languages_of` maps a function word to those that have it; `shared` deletes, as a
    translation table, the letters that say nothing; `rarity` maps each other letter to
    log(languages / languages that use it).
    """

    profiles: Mapping[str, Profile]
    languages_of: Mapping[str, tuple[str, ...]]
    shared: Mapping[int, None]
    rarity: Mapping[str, float]


def _script(table: str, common: str = "") -> Script:
    profiles: dict[str, Profile] = {}
    for line in unicodedata.normalize("NFKC", table).strip().splitlines():
        head, words = line.split("|")
        language, letters = head.split()
        profiles[language] = Profile(
            language,
            frozenset(letters) - {"-"},
            frozenset(words.split()),
            _SPARSE.get(language, _DENSITY),
        )
    everyones = frozenset.intersection(*(profile.letters for profile in profiles.values()))
    used = frozenset[str]().union(*(profile.letters for profile in profiles.values()))
    languages_of: dict[str, tuple[str, ...]] = {}
    for profile in profiles.values():
        for word in profile.words:
            languages_of[word] = (*languages_of.get(word, ()), profile.language)
    return Script(
        profiles,
        languages_of,
        dict.fromkeys(map(ord, everyones | set(common)), None),
        {
            letter: math.log(
                len(profiles) / sum(letter in profile.letters for profile in profiles.values())
            )
            for letter in used - everyones
        },
    )


SCRIPTS: Mapping[str, Script] = {
    "LATIN": _script(_LATIN, "abcdefghijklmnopqrstuvwxyz"),
    "CYRILLIC": _script(_CYRILLIC),
    "ARABIC": _script(_ARABIC),
    "DEVANAGARI": _script(_DEVANAGARI),
    "HEBREW": _script(_HEBREW),
    "BENGALI": _script(_BENGALI),
    "ETHIOPIC": _script(_ETHIOPIC),
}
"""The scripts that write several languages, by the first word of their Unicode names."""
