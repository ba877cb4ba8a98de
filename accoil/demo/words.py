"""The words that the demo's companies and people are made of. All invented: no real brand, only reserved domains."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    """The words of a text; an underscore is a space inside a name."""
    return tuple(word.replace("_", " ") for word in text.split())


COMPANY_FIRST = _words("""
Alder Amberfield Anchor Ashgrove Aspen Barley Bayside Bellwether Birchwood Blackthorn Bluestone Brightwater
Bronze Cairn Calder Canopy Cedarhill Chalk Cinder Clearbrook Clover Cobalt Copperleaf Coral Crosswind Driftwood
Eastgate Elmstead Ember Fairhaven Falcon Fernhill Finch Foxglove Gable Glasshouse Goldcrest Granary Greyfriars
Hallmark Harbour Hawthorn Hazelmere Heron Highmoor Hollybank Ironbark Ivy Juniper Kestrel Kiteford Lanternlight
Larkspur Limewood Longacre Maplewood Marigold Meridian Millstone Mossbank Nettle Nightingale Northgate Oakhurst
Osprey Otter Paperbark Pebble Pinecrest Plover Quarry Quillstone Redfern Ridgeway Rowan Saffron Sandpiper
Seabright Silverbirch Skylark Slate Southbank Sparrow Springhill Stonebridge Summerfield Swift Tallowood Thistle
Tidewater Timberline Umber Verdant Waterline Westerly Whitecliff Wildflower Willowbrook Windmill Wren Yarrow
""")

# What the company does, and the industry that it tells its book-keeping software.
COMPANY_TRADE = (
    ("Accounting", "Professional services"),
    ("Advisory", "Professional services"),
    ("Architects", "Construction"),
    ("Bakehouse", "Food"),
    ("Books", "Retail"),
    ("Breweries", "Food"),
    ("Builders", "Construction"),
    ("Care Homes", "Health"),
    ("Catering", "Food"),
    ("Ceramics", "Manufacturing"),
    ("Clinics", "Health"),
    ("Coffee Roasters", "Food"),
    ("Consulting", "Professional services"),
    ("Cycles", "Retail"),
    ("Dental", "Health"),
    ("Design", "Creative"),
    ("Electrical", "Construction"),
    ("Events", "Hospitality"),
    ("Farms", "Agriculture"),
    ("Films", "Creative"),
    ("Fitness", "Health"),
    ("Foods", "Food"),
    ("Freight", "Logistics"),
    ("Furniture", "Manufacturing"),
    ("Gardens", "Agriculture"),
    ("Homewares", "Retail"),
    ("Hotels", "Hospitality"),
    ("Instruments", "Manufacturing"),
    ("Interiors", "Creative"),
    ("Joinery", "Construction"),
    ("Labs", "Technology"),
    ("Learning", "Education"),
    ("Legal", "Professional services"),
    ("Logistics", "Logistics"),
    ("Marine", "Logistics"),
    ("Media", "Creative"),
    ("Optics", "Manufacturing"),
    ("Outfitters", "Retail"),
    ("Packaging", "Manufacturing"),
    ("Partners", "Professional services"),
    ("Pharmacy", "Health"),
    ("Plumbing", "Construction"),
    ("Press", "Creative"),
    ("Property", "Real estate"),
    ("Renewables", "Energy"),
    ("Robotics", "Technology"),
    ("Software", "Technology"),
    ("Solar", "Energy"),
    ("Studios", "Creative"),
    ("Textiles", "Manufacturing"),
    ("Tours", "Hospitality"),
    ("Veterinary", "Health"),
    ("Vineyards", "Agriculture"),
)

# Most companies put nothing behind their name.
COMPANY_LAST = ("", "", "", "", "", "Group", "Co", "Ltd")

COUNTRIES = ("GB", "GB", "GB", "IE", "DE", "FR", "NL", "ES", "SE", "PL", "US", "US", "CA", "AU", "NZ", "ZA", "IN", "SG")

# Given names | family names, a culture a line, so that most people's two names belong together.
_CULTURES = """
Alice Beth Callum Edith George Harriet Imogen Owen Rhys | Ashdown Bennett Carter Hughes Marlow Pritchard Walsh Yates
Aoife Ciarán Declan Eimear Niamh Oisín Róisín Seán | Brennan Doyle Gallagher Kavanagh Ní_Dhomhnaill O’Rourke Quinn
Annika Bastian Clara Emil Greta Jürgen Lena Matthias | Bauer Brandt Fuchs Köhler Lindner Schäfer Vogt Weiß
Amélie Baptiste Camille Élodie Hugo Léa Maxime Noémie | Bernard Caron Dupré Fontaine Girard Lefèvre Moreau Rousseau
Alejandra Camila Diego Itzel Joaquín Lucía Mateo Valentina | Aguilar Castaño Fuentes Ibáñez Navarro Quispe Rojas Vélez
Beatriz Caetano Inês Joana Rafael Thiago Yara | Almeida Barbosa Cardoso Fonseca Gonçalves Magalhães Pereira
Alessia Chiara Davide Elena Giulia Lorenzo Matteo | Bianchi Colombo De_Luca Ferrara Galli Moretti Ricci
Agnieszka Bartosz Jakub Kasia Łukasz Małgorzata Zofia | Dąbrowski Kowalczyk Lewandowska Mazur Nowak Wójcik Zieliński
Astrid Bjørn Freja Ingrid Lars Mikkel Sigrún Søren | Ahlström Bergström Dahl Hansen Johansson Lindqvist Nygård
Ayşe Can Deniz Elif Kerem Mehmet Zeynep | Aydın Çelik Demir Kaya Öztürk Şahin Yıldız
Ahmad Dalia Farah Hassan Layla Omar Rania Yusuf | Al-Amin Darwish Farouk Haddad Khalil Mansour Nasser
Ariel Eitan Maya Noa Shira Yael | Ben-David Cohen Levi Mizrahi Peretz Shapira
Arash Darya Kian Laleh Mina Navid Shirin | Ahmadi Farahani Hosseini Karimi Rostami Tehrani
Aarav Ananya Diya Ishaan Kavya Meera Rohan Vikram | Agarwal Banerjee Chopra Iyer Kulkarni Mehta Nair Patel Reddy
Farhan Nusrat Sana Tariq Zainab | Ahmed Chowdhury Hussain Malik Qureshi Siddiqui
Chen Haoran Jing Lei Mei Wei Xiu Yan | Chang Gao Huang Li Liu Wang Xu Zhang Zhou
Aiko Haruto Kenji Mei Naoki Sakura Yuki | Fujimoto Hayashi Kobayashi Mori Nakamura Sato Tanaka
Eun-ji Ha-eun Ji-ho Min-jun Seo-yeon Soo-ah | Choi Han Jung Kang Kim Lee Park Yoon
Anh Bảo Linh Minh Ngọc Thảo Tuấn | Bùi Đặng Hoàng Lê Nguyễn Phạm Trần Võ
Adaeze Amara Chidi Emeka Folake Ngozi Tunde | Adeyemi Bello Eze Obi Okafor Okonkwo Oyelaran
Abena Akua Kofi Kwame Wanjiru Zawadi | Asante Boateng Kamau Mensah Mwangi Njoroge Owusu
Abebe Hana Liya Selam Tewodros | Alemu Bekele Desta Girma Tesfaye
Lerato Nomvula Sipho Thabo Zanele | Dlamini Khumalo Mokoena Naidoo Nkosi Van_Wyk
Anahera Hemi Kahu Mele Sione Tāne | Faleolo Kereama Ngata Paewai Tuilagi Walker
Aleksandra Dmitri Irina Katya Mykola Oksana | Bondarenko Kovalenko Morozova Petrova Shevchenko Volkov
Andreea Bogdan Ioana Mirela Radu | Dumitrescu Ionescu Marinescu Popa Stoica
Agustín Florencia Ignacio Micaela Santiago | Bianco Domínguez Ferreyra Paz Sosa
Althea Crisanto Jasmine Luzviminda Paolo | Bautista Dela_Cruz Magsaysay Reyes Villanueva
"""
PEOPLE = tuple(tuple(_words(half) for half in line.split("|")) for line in _CULTURES.strip().splitlines())
